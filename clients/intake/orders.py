"""Orders: what their columns must say, their cells judged, their documents found and merged."""

from __future__ import annotations

from collections.abc import Container, Mapping
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clients.intake import commerceml, fields, people
from clients.intake.kind import Choice, Kind, Outcome, refuse_other
from clients.intake.loading import count, execute, get_source, name_keys, refresh, run
from salescrm.base import sql
from salescrm.base.jobs import Refused
from salescrm.base.locks import Key, lock
from salescrm.base.models import Intake

KNOWN = "clients_client, clients_legalentity, clients_externalcode, clients_shipment, clients_product"
TABLES = (
    "order_line, intake_inn, intake_party, intake_name, order_salesperson, intake_branch, intake_head, intake_resolved,"
    " intake_new, order_document, order_product"
)


def _whole_numbers(counts: dict[str, Any]) -> dict[str, Any]:
    """Return counts fit for JSON: money as text, days in ISO."""
    return {key: value if isinstance(value, int | None) else str(value) for key, value in counts.items()}


def _judge(columns: Any, choice: Choice, read: int, outcome: Outcome) -> int:
    """Type the staged rows and collect their bad cells; return how many rows stay."""
    people.judge_tax_ids()
    options = columns.options
    sql.run(
        "clients",
        "type_order_lines",
        {
            "numbering": options.get("numbering", "year"),
            "leave_out": options.get("leave_out_without", ""),
            "whole": bool(options.get("whole_codes")),
            "currency": str(options.get("currency", "")).upper(),
            "rate": _rate(options.get("rate")),
            "base": settings.CURRENCY,
        },
    )
    sql.run("clients", "report_bad_order_cells")
    outcome.counts |= {"rows_read": read, "left_out": read - count("order_line")}
    if count("intake_bad"):
        sql.run("clients", "drop_bad_order_lines")
    execute("ANALYZE order_line")
    return count("order_line")


def _rate(given: Any) -> Decimal | None:
    try:
        return None if given in (None, "") else Decimal(str(given))
    except ArithmeticError as fault:
        raise Refused(_("The mapping's rate of exchange is not a number.")) from fault


def _match(columns: Any, choice: Choice, intake: int | None, outcome: Outcome) -> None:
    """Find the clients and documents of the file in the base, number the new ones."""
    lock(Key.INTAKE_MERGE)
    refresh(outcome.counts["rows_read"], KNOWN)
    source = get_source(columns.options, intake)
    outcome.counts["source"] = source.pk
    sql.run("clients", "gather_order_parties")
    name_keys("SELECT DISTINCT name FROM intake_party")
    created = people.name_salespeople(choice)
    outcome.counts["employees_created"] = len(created)
    outcome.counts["created_employees"] = created
    execute("ANALYZE intake_party")
    match_names = bool(columns.options.get("match_names"))
    sql.run("clients", "resolve_order_parties", {"source": source.pk, "match_names": match_names})
    sql.run("clients", "number_new_order_clients", {"branch": people.branch_of(choice).pk, "owner": choice.owner})
    execute("ANALYZE intake_resolved; ANALYZE intake_new")
    sql.run("clients", "key_order_lines")
    sql.run("clients", "gather_order_documents", {"source": source.pk})
    if sql.run("clients", "report_torn_documents"):
        sql.run("clients", "drop_bad_order_lines")
        execute("DROP TABLE order_document")
        sql.run("clients", "gather_order_documents", {"source": source.pk})
    execute("ANALYZE order_document")
    _same_day(choice)


def _same_day(choice: Choice) -> None:
    """Refuse unnumbered documents the base has with other content, unless the person says what to do with them."""
    found = sql.rows("clients", "find_same_day_conflict")
    if not found or choice.same_day == "replace":
        return
    if choice.same_day == "add":
        sql.run("clients", "add_to_same_day")
        return
    text = _(
        "The base has other amounts of {name} on {day} (row {first_row}; {count} such documents without a number): say"
        " whether to replace them or to add to them."
    )
    raise Refused(text.format(**found[0]))


def _write(intake: int | None, choice: Choice, outcome: Outcome) -> None:
    """The merge: what the base lacks is inserted, what differs is changed, the rest is not touched."""
    outcome.counts |= _whole_numbers(sql.row("clients", "count_order_documents"))
    counts = outcome.counts
    mark = {"intake": intake, "author": choice.author, "source": counts.pop("source"), "since": None}
    sql.run("clients", "gather_order_products")
    execute("ANALYZE order_product")
    run(mark, "insert_order_clients", "insert_new_owners", "insert_new_standings", "insert_order_entities")
    run(mark, "insert_new_codes", "insert_order_categories", "insert_order_products")
    refresh(counts["lines"], "clients_category, clients_product")
    if intake is not None and counts["changed"]:
        run(mark, "keep_documents_before")
    run(mark, "touch_order_months", "insert_order_documents", "insert_order_lines")
    refresh(counts["lines"] if counts["new"] else 0, "clients_shipment, clients_shipmentline, clients_touchedmonth")
    if counts["changed"]:
        run(mark, "update_order_documents", "replace_order_lines", "delete_order_lines")
    refresh(counts["lines"] if counts["new"] else 0, "clients_ownership, clients_standing")


def _refuse_later(intake: Intake) -> None:
    later = sql.rows("clients", "find_later_import", {"intake": intake.pk})
    if later:
        text = _("The later import {file_name} changed {documents} of its documents. Undo that one first.")
        raise Refused(text.format(**later[0]))


def _lacking(places: Container[str]) -> list[Any]:
    """An order has a client, a date and an amount."""
    lacking = []
    if "day" not in places:
        lacking.append(fields.BY_NAME["day"].caption)
    if not any(name in places for name in ("client", "client_code", "inn")):
        lacking.append(fields.BY_NAME["client"].caption)
    if "amount" not in places and not all(name in places for name in ("price", "quantity")):
        lacking.append(fields.BY_NAME["amount"].caption)
    return lacking


def _check(options: Mapping[str, Any]) -> None:
    if options.get("numbering", "year") not in fields.NUMBERING:
        refuse_other("numbering", fields.NUMBERING)


ORDERS = Kind(
    name="orders",
    title=gettext_lazy("orders"),
    fields=fields.FIELDS,
    options=fields.OPTIONS,
    leave_out=fields.LEAVE_OUT,
    figures=(
        ("new", gettext_lazy("New documents")),
        ("changed", gettext_lazy("changed")),
        ("unchanged", gettext_lazy("unchanged")),
        ("clients_created", gettext_lazy("Clients created")),
    ),
    tables=TABLES,
    open_exchange=commerceml.open_exchange,
    lacking=_lacking,
    check=_check,
    judge=_judge,
    match=_match,
    write=_write,
    undo=(
        *("touch_undone_months", "drop_changed_lines", "restore_documents", "restore_lines", "drop_kept_documents"),
        *("drop_imported_lines", "drop_imported_documents", "drop_imported_codes", "drop_imported_products"),
        *("drop_imported_categories", "drop_imported_standings", "drop_imported_owners", "drop_imported_touches"),
        *("drop_source_differences", "drop_imported_entities", "drop_imported_clients", "drop_imported_sources"),
    ),
    before_undo=_refuse_later,
)

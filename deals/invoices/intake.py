"""Invoices and payments by files: what their columns must say, their cells judged, what the base has left alone.

A document the base has is never changed by a file: where it differs the row is told, and a person corrects it.
"""

from __future__ import annotations

from collections.abc import Container
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from clients.intake import fields, people
from clients.intake.kind import Choice, Kind, Outcome
from clients.intake.loading import count, execute, get_source, name_keys
from clients.models import Client, Standing
from deals.invoices import actions, sums
from deals.invoices.models import Invoice, InvoiceRules, Payment
from salescrm.base import sql
from salescrm.base.intake.columns import Field
from salescrm.base.intake.table import Table
from salescrm.base.jobs import Refused
from salescrm.base.locks import Key, lock
from salescrm.base.models import Intake
from staff import calendar

APP = "deals"
TABLES = "money_row, money_party, intake_inn, intake_name"
SETTINGS = ("source_name", "dates", "decimal", "save_as")
REASONS = (  # that the statements give, named here for translators
    gettext_noop("not above zero"),
    gettext_noop("the base has no such client"),
    gettext_noop("an earlier row has the same document"),
    gettext_noop("the base has this document with another client, date or amount"),
)
OF_ORDERS = ("client_code", "client", "inn", "kpp", "currency", "rate")  # fields that orders have too
NUMBER = ("номер", "номер документа", "№", "number", "no", "документ")
AMOUNT = ("сумма", "сумма документа", "сумма с ндс", "всего", "итого", "amount", "total", "sum")
DAY = ("дата", "дата документа", "день", "date", "day")


def _common(number: tuple[str, ...], day: tuple[str, ...]) -> list[Field]:
    return [
        fields.BY_NAME["document_id"],
        Field("number", gettext_lazy("Document number"), "text", (*number, *NUMBER)),
        Field("day", gettext_lazy("Date"), "day", (*day, *DAY)),
        *(fields.BY_NAME[name] for name in OF_ORDERS),
        Field("amount", gettext_lazy("Amount"), "number", AMOUNT),
    ]


OF_INVOICES = [
    *_common(("номер счета", "номер счёта", "счет", "счёт", "invoice", "invoice number"), ("дата счета", "дата счёта")),
    Field("subject", gettext_lazy("What for"), "text", ("назначение", "комментарий", "содержание", "subject")),
]
OF_PAYMENTS = [
    *_common(("номер платежа", "номер пп", "платежное поручение", "payment"), ("дата платежа", "дата оплаты")),
    Field(
        "invoice_number",
        gettext_lazy("Invoice it names"),
        "text",
        ("счет", "счёт", "номер счета", "номер счёта", "по счету", "по счёту", "invoice", "invoice number"),
    ),
]


def _no_exchange(path: Path) -> Table:
    raise Refused(_("Invoices and payments are brought by tables: csv or xlsx."))


def _lacking(places: Container[str]) -> list[Any]:
    """A document has a number or an id, a date, an amount and a client."""
    lacking = [fields.BY_NAME[name].caption for name in ("day", "amount") if name not in places]
    if "number" not in places and "document_id" not in places:
        lacking.append(fields.BY_NAME["number"].caption)
    if not any(name in places for name in ("client", "client_code", "inn")):
        lacking.append(fields.BY_NAME["client"].caption)
    return lacking


def _judge(columns: Any, choice: Choice, read: int, outcome: Outcome) -> int:
    """Type the staged rows and collect their bad cells; return how many rows stay."""
    people.judge_tax_ids()
    options = columns.options
    habits = {"currency": str(options.get("currency", "")).upper(), "rate": _rate(options.get("rate"))}
    sql.run(APP, "type_money_rows", habits | {"base": settings.CURRENCY})
    sql.run(APP, "report_bad_money_cells")
    outcome.counts |= {"rows_read": read, "left_out": 0}
    if count("intake_bad"):
        sql.run(APP, "drop_bad_money_rows")
    execute("ANALYZE money_row")
    return count("money_row")


def _rate(given: Any) -> Decimal | None:
    try:
        return None if given in (None, "") else Decimal(str(given))
    except ArithmeticError as fault:
        raise Refused(_("The mapping's rate of exchange is not a number.")) from fault


def _match(columns: Any, outcome: Outcome, intake: int | None, report: str) -> None:
    """Find the clients of the rows, tell those that do not fit what the base has."""
    lock(Key.INTAKE_MERGE)
    source = get_source(columns.options, intake)
    outcome.counts["source"] = source.pk
    name_keys("SELECT DISTINCT name FROM money_row WHERE name IS NOT NULL")
    sql.run(APP, "find_money_parties", {"source": source.pk})
    execute("ANALYZE money_party")
    if sql.run(APP, report, {"source": source.pk}):
        sql.run(APP, "drop_bad_money_rows")


def _clients() -> list[int]:
    """Lock the clients of the file, in the order of their numbers: who writes about them waits."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT p.client_id FROM money_party p JOIN money_row m USING (row)")
        ids = [row[0] for row in cursor.fetchall()]
    found = Client.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=ids)
    return list(found.order_by("pk").values_list("pk", flat=True))


def _write_invoices(intake: int | None, choice: Choice, outcome: Outcome) -> None:
    """Insert the invoices the base has not; deferrals in force give their terms, advances pay."""
    clients = _clients()
    mark = {"source": outcome.counts.pop("source"), "intake": intake}
    made = sql.run(APP, "insert_imported_invoices", mark | _terms())
    outcome.counts |= {"new": made, "unchanged": count("money_row") - made}
    if made:
        actions.apply_deferrals(clients)
        sums.spread(clients)


def _terms() -> dict[str, list[Any]]:
    """Reckon the last day to pay once for each branch and day of the file."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT client.branch_id, m.day FROM money_row m JOIN money_party p USING (row)"
            " JOIN clients_client client ON client.id = p.client_id"
        )
        pairs = cursor.fetchall()
    calendars = calendar.by_branch({branch for branch, _day in pairs})
    valid = InvoiceRules.objects.in_force().valid_days
    return {
        "branches": [branch for branch, _day in pairs],
        "days": [day for _branch, day in pairs],
        "terms": [calendars[branch].nth(day, valid) for branch, day in pairs],
    }


def _write_payments(intake: int | None, choice: Choice, outcome: Outcome) -> None:
    """Insert the payments the base has not, and spread them."""
    clients = _clients()
    made = sql.run(APP, "insert_imported_payments", {"source": outcome.counts.pop("source"), "intake": intake})
    outcome.counts |= {"new": made, "unchanged": count("money_row") - made}
    if made:
        sums.spread(clients)


def _before_undo(intake: Intake) -> None:
    """Refuse when people worked on what the import brought."""
    brought = Invoice.objects.filter(intake=intake)
    if brought.filter(cancelled_at__isnull=False).exists() or Invoice.objects.filter(corrects__in=brought).exists():
        what = _("Something was built on this import: {what}.").format(what=_("cancelled or corrected invoices"))
        raise Refused(what + " " + _("It stays as it is."))


def _after_undo(intake: Intake) -> None:
    """Spread anew what is free, and write the sums and debts of everybody whose they are."""
    named = set(Payment.objects.values_list("client", flat=True)) | set(
        Invoice.objects.values_list("client", flat=True)
    )
    sums.spread(named | set(Standing.objects.exclude(debt=0).values_list("client", flat=True)))


_FIGURES = (("new", gettext_lazy("New documents")), ("unchanged", gettext_lazy("unchanged")))
INVOICES = Kind(
    name="invoices",
    title=gettext_lazy("invoices"),
    fields=OF_INVOICES,
    options=("currency", "rate"),
    leave_out=(),
    figures=_FIGURES,
    tables=TABLES,
    open_exchange=_no_exchange,
    lacking=_lacking,
    check=lambda options: None,
    judge=_judge,
    match=lambda columns, choice, intake, outcome: _match(columns, outcome, intake, "report_unfit_invoices"),
    write=_write_invoices,
    undo=("deals:drop_parts_of_imported", "deals:drop_imported_invoices", "drop_imported_sources"),
    before_undo=_before_undo,
    after_undo=_after_undo,
    settings=SETTINGS,
    undo_text=gettext_noop("The invoices it brought go; payments they had are free again."),
    done_text=gettext_noop("Invoices are in the base since {at}. Tasks about them are set in the morning."),
    loaded=gettext_noop("The import of {file} is loaded: {new} new invoices."),
)
PAYMENTS = Kind(
    name="payments",
    title=gettext_lazy("payments"),
    fields=OF_PAYMENTS,
    options=("currency", "rate"),
    leave_out=(),
    figures=_FIGURES,
    tables=TABLES,
    open_exchange=_no_exchange,
    lacking=_lacking,
    check=lambda options: None,
    judge=_judge,
    match=lambda columns, choice, intake, outcome: _match(columns, outcome, intake, "report_unfit_payments"),
    write=_write_payments,
    undo=("deals:drop_parts_of_imported", "deals:drop_imported_payments", "drop_imported_sources"),
    before_undo=lambda intake: None,
    after_undo=_after_undo,
    settings=SETTINGS,
    undo_text=gettext_noop("The payments it brought go; invoices they paid are to be paid again."),
    done_text=gettext_noop("Payments are in the base since {at}, spread over the invoices."),
    loaded=gettext_noop("The import of {file} is loaded: {new} new payments."),
)

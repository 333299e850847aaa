"""Undo of an import: set-based, as long as nothing was built on it, which the database decides by its foreign keys."""

from __future__ import annotations

import re
from typing import Any

from django.apps import apps
from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clients.intake.kinds import kind_of
from clients.models import Client, LegalEntity
from salescrm.base import sql
from salescrm.base.intake import life
from salescrm.base.jobs import Refused
from salescrm.base.locks import Key, lock
from salescrm.base.models import Intake, IntakeState

BUILT = {
    "clients_ownership": gettext_lazy("changes of owner"),
    "clients_shipment": gettext_lazy("documents of other imports"),
    "clients_shipmentline": gettext_lazy("documents of other imports"),
}


def undo(intake_id: int, *, by: int | None) -> None:
    """Take back everything the import brought; raise Refused naming what was built on it.

    (1) Lock imports and the row; (2) refuse when what it wrote was changed since; (3) put changed rows back, delete
    created ones, all set-based; (4) let the database check its foreign keys at once; (5) drop the
    people made for names of salespeople, those with other work stay.
    """
    try:
        with transaction.atomic():
            lock(Key.INTAKE_MERGE)
            intake = Intake.objects.select_for_update().get(pk=intake_id)
            if intake.state != IntakeState.DONE:
                raise Refused(_("Only a loaded import can be undone."))
            kind = kind_of(intake)
            kind.before_undo(intake)
            for statement in kind.undo:
                room, _colon, name = statement.rpartition(":")
                sql.run(room or "clients", name, {"intake": intake.pk})
            _check_now()
            for employee in intake.counts.get("created_employees", []):
                _drop_employee(employee)
            kind.after_undo(intake)
            life.mark_undone(intake.pk, by)
    except IntegrityError as fault:
        raise Refused(_built(fault)) from fault


def _check_now() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")


def _drop_employee(employee: int) -> None:
    """Take away a person made for a salesperson's name, unless the person has got other work meanwhile."""
    try:
        with transaction.atomic():
            sql.run("clients", "drop_imported_employee", {"employee": employee})
            _check_now()
    except IntegrityError:
        return


def _built(fault: IntegrityError) -> str:
    """Name what stands in the way: the table that still points here and whose row it points to."""
    told: Any = getattr(fault.__cause__, "diag", None)
    table = getattr(told, "table_name", None) or ""
    primary, detail = (str(getattr(told, name, None) or "") for name in ("message_primary", "message_detail"))
    pointed = re.search(r'not present in table "(\w+)"', detail) or re.search(r'on table "(\w+)"', primary)
    key = re.search(r"=\((\d+)\)", detail)
    what = BUILT.get(table) or _model_name(table)
    whose = _whose(pointed[1] if pointed else "", int(key[1])) if key else ""
    text = (
        _("Something was built on this import: {what}, {whose}.")
        if whose
        else _("Something was built on this import: {what}.")
    )
    return text.format(what=what, whose=whose) + " " + _("It stays as it is.")


def _model_name(table: str) -> str:
    """Name a table of this room by its rows, one of another room by the room: the night's results are Segmentation."""
    for model in apps.get_models():
        if model._meta.db_table == table:
            own = model._meta.app_label == Client._meta.app_label
            return str(model._meta.verbose_name_plural if own else model._meta.app_config.verbose_name)
    return table


def _whose(table: str, key: int) -> str:
    """Name the client or legal entity of the row that is still pointed to."""
    for model in (Client, LegalEntity):
        if model._meta.db_table == table:
            return str(model._default_manager.filter(pk=key).values_list("name", flat=True).first() or "")
    return ""

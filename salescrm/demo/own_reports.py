"""The sample company's own reports: three of the head of sales, one of them shared and sent every Monday."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.db import transaction

from kpi.reports.own import actions
from kpi.reports.own.cuts import Cut, Period
from kpi.reports.own.models import OwnReport, Sending
from staff.access import Role
from staff.models import Employee

REPORTS: tuple[tuple[str, list[str], list[str], str], ...] = (
    (
        "План и факт по людям и группам",
        [Cut.PERSON, Cut.GROUP],
        ["turnover", "active_accounts", "new_clients"],
        Period.THIS,
    ),
    ("Выручка по типам клиентов и месяцам", [Cut.TYPE, Cut.MONTH], ["turnover", "active_accounts"], Period.YEAR),
    ("Клиенты за последние 12 месяцев", [Cut.CLIENT], ["turnover", "documents", "contacts"], Period.TWELVE),
)
SUBMISSIONS = 5_000_000


@transaction.atomic
def write(until: date, head: Employee) -> None:
    """Write the reports; the first is shared with managers and goes out on Mondays."""
    for number, (name, rows, columns, period) in enumerate(REPORTS, 1):
        made = actions.create(
            report=OwnReport(name=name, rows=rows, columns=columns, period=period),
            submission=UUID(int=SUBMISSIONS + number), acting_user=head,
        )  # fmt: skip
        if number == 1 and made.version == 1:
            made.roles, made.sending, made.to_readers = [Role.CSM, Role.CSH, Role.BRANCH_HEAD], Sending.WEEK, True
            made.done_on, made.version = until, 2
            made.save()

"""An approved pay scheme stays as it is whoever asks, and is approved by one of two people at once (R253, R265)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from threading import Thread

import pytest
from django.db import DatabaseError, connection, transaction

from kpi.indicators.models import Indicator
from kpi.measures import closing
from kpi.measures.models import Month
from kpi.pay import actions
from kpi.pay.models import PayComponent, PayScheme, PaySheet
from salescrm.base.jobs import Refused
from segmentation.models import RuleSet
from staff.access import Role
from staff.models import Employee
from tests import at_once, make
from tests.kpi.test_pay import JUNE, NOW, scene

JULY = date(2026, 7, 1)
CLOSING = datetime(2026, 7, 2, 10, tzinfo=UTC)


def draft_of(approved: PayScheme, by: Employee, month: date) -> PayScheme:
    """Begin another scheme of the post with the same components."""
    made = PayScheme.objects.create(
        position=approved.position, month=month, fixed_salary=40_000, author=by, created_at=NOW, guarantee_months=0
    )
    for one in approved.components.all():
        one.pk, one.scheme = None, made
        one.save(force_insert=True)
    return made


@pytest.mark.django_db
@pytest.mark.parametrize(
    "change",
    [
        "UPDATE kpi_payscheme SET fixed_salary = 1 WHERE id = %(approved)s",
        "UPDATE kpi_payscheme SET state = 'draft', approved_by_id = NULL, approved_at = NULL WHERE id = %(approved)s",
        "UPDATE kpi_paycomponent SET rate = 1 WHERE scheme_id = %(approved)s",
        "DELETE FROM kpi_paycomponent WHERE scheme_id = %(approved)s",
        "UPDATE kpi_paycomponent SET scheme_id = %(approved)s WHERE scheme_id = %(draft)s",
        "UPDATE kpi_paycomponent SET scheme_id = %(draft)s WHERE scheme_id = %(approved)s",
        "DELETE FROM kpi_payscheme WHERE id = %(approved)s",
    ],
)
def test_the_base_keeps_an_approved_scheme(change: str) -> None:
    found = scene()
    approved = PayScheme.objects.get()
    draft = PayScheme.objects.create(position=approved.position, month=JULY, author=found[Role.HOS], created_at=NOW)
    PayComponent.objects.create(scheme=draft, indicator=make_other(), rate=1)
    rows = list(PayScheme.objects.values()), list(PayComponent.objects.values())
    with pytest.raises(DatabaseError, match=r"approved|Cannot"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(change, {"approved": approved.pk, "draft": draft.pk})
    assert (list(PayScheme.objects.values()), list(PayComponent.objects.values())) == rows
    actions.discard(scheme=draft, seen=1, acting_user=found[Role.HOS])  # a draft still goes, with its components


def make_other() -> Indicator:
    """Make an indicator no scheme of the scene has."""
    return Indicator.objects.create(code="other", name="other", measure="documents", roles=[Role.CSM])


def at_the_same_time(first: Callable[[], object], second: Callable[[], object]) -> list[str]:
    """Let the second act come while the first is not committed; return what the second was told."""
    told: list[str] = []

    def other() -> None:
        try:
            second()
        except Refused as refusal:
            told.append(str(refusal))
        finally:
            connection.close()

    thread = Thread(target=other)
    with transaction.atomic():
        first()
        thread.start()
        for _n in range(at_once.MOST_SECONDS * 20):
            if at_once.waits():
                break
            thread.join(0.05)
        assert at_once.waits()
    thread.join()
    return told


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("same", [True, False], ids=["one draft", "two drafts of a month"])
def test_two_directors_approve_at_once(same: bool) -> None:
    found = scene()
    director, other = found[Role.DIRECTOR], make.employee("director2", Role.DIRECTOR)
    one = draft_of(PayScheme.objects.get(), found[Role.HOS], JULY)
    two = one if same else draft_of(PayScheme.objects.get(month=JUNE), found[Role.HOS], JULY)
    told = at_the_same_time(
        lambda: actions.approve(scheme=one, seen=1, acting_user=director, now=NOW),
        lambda: actions.approve(scheme=two, seen=1, acting_user=other, now=NOW),
    )
    assert len(told) == 1
    assert PayScheme.objects.get(month=JULY, state="approved").approved_by == director


@pytest.mark.django_db(transaction=True)
def test_a_month_is_closed_while_a_scheme_of_it_is_approved() -> None:
    found = scene()
    Month.objects.create(day=JUNE, as_of=date(2026, 6, 30), rule_set=RuleSet.objects.get())
    may = date(2026, 5, 1)
    draft = draft_of(PayScheme.objects.get(), found[Role.HOS], may)
    told = at_the_same_time(
        lambda: closing.close(month=JUNE, acting_user=found[Role.HOS], now=CLOSING),
        lambda: actions.approve(scheme=draft, seen=1, acting_user=found[Role.DIRECTOR], now=NOW),
    )
    assert len(told) == 1
    assert PaySheet.objects.exists()
    assert PayScheme.objects.get(month=may).is_draft

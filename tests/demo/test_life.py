"""The nights of the sample company leave something to see on every screen."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.db.models import Count, F, Q

from clients.models import Client, Communication, Ownership, Standing
from deals.models import Task
from salescrm.base.lists.filters import NONE
from salescrm.base.models import Notification, StepRun
from salescrm.demo import company, life
from segmentation import silence
from segmentation.models import CaseState, Exclusion, LossAnswer, TopOverride, ZeroCase
from segmentation.priorities.programmes.models import Programme, ProgrammeReview

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


def test_the_last_weeks_leave_work_in_every_state(tmp_path: Path, settings: LazySettings) -> None:
    settings.HOME = tmp_path
    until = date(2026, 11, 20)
    company.fill(1, until)

    life.live(until, say=lambda line: None)

    states = set(ZeroCase.objects.values_list("state", flat=True))
    wanted = {
        CaseState.PROPOSED,
        CaseState.HANDED_OVER,
        CaseState.RETURNED,
        CaseState.REFUSED,
        CaseState.WAITING,
        CaseState.UNDONE,
    }
    assert wanted <= states
    assert StepRun.objects.filter(step="journal").count() == life.NIGHTS
    assert 180 < Standing.objects.filter(top=True).count() <= 249
    assert set(Standing.objects.values_list("life_cycle", flat=True)) == {
        "potential", "new", "active", "zero", "lost", "archived"
    }  # fmt: skip
    assert Exclusion.objects.exists()
    silent = Client.objects.filter(silence.ASKED)
    assert 0.2 < silent.filter(silence.answered("price")).count() / LossAnswer.objects.count() < 0.4
    assert 0.2 < silent.filter(silence.answered(NONE)).count() / silent.count() < 0.8
    assert not LossAnswer.objects.filter(silent_since__gt=F("day")).exists()
    assert TopOverride.objects.exists()
    today = until + timedelta(days=1)
    mine = Task.objects.open().values("assignee").annotate(n=Count("pk", filter=Q(due_on__lte=today)))
    assert sum(one["n"] > 2 for one in mine) >= 6
    assert Task.objects.open().filter(due_on__gt=today).count() > 300
    assert Communication.objects.counted().values("client").distinct().count() > 400
    assert not Communication.objects.filter(day__gt=until).exists()
    assert Notification.objects.filter(kind="return").exists()
    assert {"proposed", "running", "reached"} == set(Programme.objects.values_list("state", flat=True))
    assert set(ProgrammeReview.objects.values_list("quarter__month", flat=True)) == {1, 4, 7}
    assert Programme.objects.review_due(today).exists()
    assert Ownership.objects.filter(ends_on=None).count() == Client.objects.count()

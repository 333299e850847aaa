"""Two people move one task in the same moment: the second is told, and overwrites nothing."""

from __future__ import annotations

from datetime import time, timedelta
from threading import Thread
from time import monotonic, sleep

import pytest
from django.db import connection, transaction

from deals.forms import task_mark
from deals.models import Task
from deals.tasking import moving
from tests import make
from tests.at_once import MOST_SECONDS, waits
from tests.conftest import TODAY

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_second_of_two_movers_is_told() -> None:
    with transaction.atomic():
        who = make.employee("first")
        task = make.task("Позвонить", who, due_on=TODAY)
    seen, said = task_mark(task), list[str]()

    def second() -> None:
        try:
            moving.move(task=task, due_on=TODAY, due_time=time(9), seen=seen, acting_user=who, today=TODAY)
        except moving.Refused as refusal:
            said.append(str(refusal))
        finally:
            connection.close()

    other = Thread(target=second)
    with transaction.atomic():
        tomorrow = TODAY + timedelta(days=1)
        moving.move(task=task, due_on=tomorrow, due_time=None, seen=seen, acting_user=who, today=TODAY)
        other.start()
        end = monotonic() + MOST_SECONDS
        while not waits() and monotonic() < end:
            sleep(0.02)
    other.join(MOST_SECONDS)
    task = Task.objects.get(pk=task.pk)
    assert len(said) == 1
    assert (task.due_on, task.due_time) == (tomorrow, None)

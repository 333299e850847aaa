"""Call reviews: whose calls, what score, what is refused, who sees them, the week."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction

from clients.models import Communication
from deals.call_reviews import actions, querysets
from deals.call_reviews.actions import Refused
from deals.call_reviews.models import CallCriterion, CallReview
from deals.call_reviews.views.team import lines
from salescrm.base.models import Notification, StoredFile
from salescrm.base.reference import load
from staff.models import Employee
from tests import make
from tests.call_reviews.scene import NOW, criteria, reviewed, said

pytestmark = pytest.mark.django_db
People = dict[str, Employee]


@pytest.fixture
def call(people: People, today: date) -> Communication:
    return make.said(make.client("Принт-Хаус", people["csm"]), people["csm"], today)


@pytest.mark.parametrize(
    ("marks", "percent"),
    [
        ([(1, 0)], 0),
        ([(1, 2)], 100),
        ([(1, 1)], 50),
        ([(1, 2), (3, 0), (2, 1)], 33),
        ([(1, 0), (3, 2), (2, 2)], 83),
        ([(1, 1), (3, 1)], 50),
        ([(1, 1), (99, 0)], 1),  # half of a per cent is rounded up
    ],
)
def test_the_score_is_the_share_of_the_weighted_points(marks: list[tuple[int, int]], percent: int) -> None:
    assert actions.score(dict(enumerate(marks))) == percent


def test_a_review_keeps_its_criteria_and_tells_the_employee(people: People, call: Communication) -> None:
    first, need, _step = criteria()[0], criteria()[-1], criteria()[1]
    told = replace(said(2), points={one.pk: 0 if one == need else 2 for one in criteria()})
    number = uuid4()
    made = reviewed(call, people["hos"], said=told, submission=number)
    assert (made.employee, made.score, made.is_read, made.reviewed_on) == (people["csm"], 50, False, NOW.date())
    assert reviewed(call, people["hos"], submission=number) == made
    fields: dict[str, Any] = {"name": "Иначе", "name_en": "", "weight": 10, "order": 1, "is_active": True}
    actions.set_criterion(found=first, fields=fields)
    made.refresh_from_db()
    assert sorted(made.marks.values_list("name", "weight", "points")) == [
        ("Потребность", 3, 0), ("Приветствие", 1, 2), ("Следующий шаг", 2, 2),
    ]  # fmt: skip
    assert made.score == 50
    notice = Notification.objects.get(person=people["csm"], kind="call_review")
    assert (notice.values["score"], notice.url) == (50, f"/calls/reviews/{made.pk}/")


def test_what_is_refused_changes_nothing(people: People, call: Communication, today: date) -> None:
    hos, csm = people["hos"], people["csm"]
    client = call.client
    far = make.employee("far", branch=make.branch("ekb"))
    head_of_far = make.employee("head_of_far", "branch_head", branch=far.branch)
    corrected = make.said(client, csm, today)
    make.said(client, csm, today, corrects=corrected)
    cases = {
        "a meeting": (make.said(client, csm, today, kind="meeting"), hos, said()),
        "nobody reached": (make.said(client, csm, today, is_connected=False, is_two_way=False), hos, said()),
        "corrected": (corrected, hos, said()),
        "own": (make.said(client, hos, today), hos, said()),
        "of a head": (make.said(client, people["csh"], today), hos, said()),
        "by a manager": (call, people["bdm_key"], said()),
        "by the director": (call, people["director"], said()),
        "another branch": (call, head_of_far, said()),
        "criteria are lacking": (call, hos, replace(said(), points={criteria()[0].pk: 1})),
        "no such criterion": (call, hos, replace(said(), points={one.pk: 1 for one in criteria()} | {0: 1})),
    }  # fmt: skip
    refused = []
    for name, (one, person, told) in cases.items():
        with pytest.raises(Refused):
            reviewed(one, person, said=told)
        refused.append(name)
    assert refused == list(cases)
    assert not CallReview.objects.exists()
    assert not Notification.objects.filter(kind="call_review").exists()
    made = reviewed(call, people["branch_head"])
    file = SimpleUploadedFile("call.mp3", b"ID3 sound")
    with pytest.raises(Refused, match=made.author.short_name):
        reviewed(call, hos, said=said(upload=file))
    assert not StoredFile.objects.exists()
    for wrong in ({"score": 101}, {"feedback": ""}, {"employee": hos, "author": hos}, {"answer": "x"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            CallReview.objects.filter(pk=made.pk).update(**wrong)


def test_it_is_put_right_until_it_is_read(people: People, call: Communication) -> None:
    hos, csm = people["hos"], people["csm"]
    made = reviewed(call, hos)
    with pytest.raises(Refused):
        actions.correct(found=made, said=said(1), seen=1, acting_user=people["csh"])
    with pytest.raises(Refused):
        actions.correct(found=made, said=said(1), seen=7, acting_user=hos)
    assert actions.correct(found=made, said=said(1), seen=1, acting_user=hos).score == 50
    read: dict[str, Any] = {"found": made, "acting_user": csm, "now": NOW}
    with pytest.raises(Refused):
        actions.confirm(answer="", seen=1, **read)  # what was seen is another review by now
    with pytest.raises(Refused):
        actions.confirm(answer="", seen=2, **read | {"acting_user": hos})
    assert actions.confirm(answer="Учту", seen=2, **read).answer == "Учту"
    assert actions.confirm(answer="Ещё", seen=3, **read).answer == "Учту"
    with pytest.raises(Refused):
        actions.correct(found=made, said=said(2), seen=3, acting_user=hos)
    assert Notification.objects.filter(person=csm, kind="call_review").count() == 2
    assert Notification.objects.get(person=hos, kind="call_review").values["answer"] == "Учту"


def test_who_sees_which_reviews(people: People, call: Communication, today: date) -> None:
    made = reviewed(call, people["hos"])
    far = make.employee("far", branch=make.branch("ekb"))
    elsewhere = reviewed(make.said(make.client("Дальний", far), far, today), people["csh"])
    both = {made, elsewhere}
    cases = {"csm": {made}, "hos": both, "csh": both, "branch_head": {made}, "bdm_key": set(), "director": set()}
    for role, found in cases.items():
        assert (role, set(CallReview.objects.visible_to(people[role], today))) == (role, found)
    assert set(CallReview.objects.visible_to(far, today)) == {elsewhere}


def test_the_week_of_each_person(people: People, today: date) -> None:
    hos, csm = people["hos"], people["csm"]
    client = make.client("Принт-Хаус", csm)
    days = {0: 2, 3: 2, 4: 0, 27: 1, 28: 0}  # days ago: points; Monday was three days ago
    for ago, points in days.items():
        reviewed(make.said(client, csm, today), hos, said=said(points), now=NOW - timedelta(days=ago))
    old = make.said(client, csm, today - timedelta(days=30))
    later = [make.said(client, csm, today - timedelta(days=ago)) for ago in (29, 5, 1, 2)]
    key = people["bdm_key"]
    make.said(client, key, today)
    found = {line.person: line for line in lines(hos, today)}
    line = found[csm]
    assert (line.done, line.quota, line.average, line.last) == (2, 5, 62.5, today)
    assert line.calls == [later[2], later[3], later[1]]
    assert old in querysets.waiting(hos, [csm.pk], today)
    assert {one.role for one in found} == {"csm", "bdm_key", "bdm_recovery", "operator", "lead_manager"}
    assert list(found)[:2] == [key, csm]  # who has calls and is longest without a review stands first
    assert lines(csm, today) == []


def test_criteria_are_a_dictionary(db: None) -> None:
    load()
    found = list(CallCriterion.objects.all())
    assert (len(found), found[0].name, found[0].name_en) == (
        8,
        "Приветствие и представление",
        "Greeting and introduction",
    )
    fields: dict[str, Any] = {"name": "Тон", "name_en": "", "weight": 1, "order": 5, "is_active": True}
    assert actions.set_criterion(found=None, fields=fields).code == ""
    with pytest.raises(Refused):
        actions.set_criterion(found=None, fields=fields)  # a double click
    CallCriterion.objects.exclude(pk=found[0].pk).update(is_active=False)
    with pytest.raises(Refused):
        actions.set_criterion(found=found[0], fields=fields | {"name": "x", "is_active": False})

"""Learning: who is brought in by whom, competence cards, trainings, and who sees any of it (R214-R216, R283)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from threading import Thread
from typing import Any
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction
from django.test import Client as Browser
from django.urls import reverse

from salescrm.base import clock
from salescrm.base.jobs import Refused
from salescrm.base.models import Notification, NumberVersion
from staff import home, leaving
from staff.access import Role
from staff.learning import actions, reading, rights
from staff.learning.models import (
    Adaptation,
    AdaptationTask,
    Assessment,
    Attendance,
    Competence,
    LearningStep,
    Outcome,
    Training,
    TrainingState,
)
from staff.leaving import Leaving
from staff.models import Employee
from tests import at_once, make
from tests.learning.scene import BEGIN, TODAY, assessed, begun, planned

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]
People = dict[str, Employee]
BrowserOf = Callable[[str], Browser]


@pytest.fixture
def asked() -> dict[str, Competence]:
    """What is asked: of everybody, of a manager, of a marketer, and something no longer used."""
    rows = [("products", "", 2, True), ("calls", Role.CSM, 2, True), ("channels", Role.MARKETER, 2, True),
            ("fax", "", 2, False)]  # fmt: skip
    AdaptationTask.objects.create(code="functions", name="Функции", name_en="Functions", by_day=1)
    AdaptationTask.objects.create(code="calls", name="Десять звонков", role=Role.CSM, by_day=6)
    AdaptationTask.objects.create(code="channels", name="Каналы", role=Role.MARKETER, by_day=3)
    AdaptationTask.objects.create(code="fax", name="Факс", by_day=3, is_used=False)
    return {
        code: Competence.objects.create(code=code, role=role, name=code, expected=level, is_used=used)
        for code, role, level, used in rows
    }


def told(person: Employee) -> list[str]:
    return [one.text for one in Notification.objects.filter(person=person, kind="learning").order_by("pk")]


# --- who --------------------------------------------------------------------------------------------------------------


def test_who_sees_and_leads_whose_learning(people: People, asked: Any) -> None:
    moscow = make.branch("msk")
    stranger = make.employee("stranger", branch=moscow)
    csm, operator, head = people["csm"], people["operator"], people["branch_head"]
    assert {one.username for one in rights.seen_people(csm)} == {"csm"}
    begun(csm, operator, people["hos"])
    assert {one.username for one in rights.seen_people(operator)} == {"operator", "csm"}
    actions.conclude(adaptation=Adaptation.objects.get(), outcome=Outcome.FAILED, note="Не пришёл",
                     acting_user=people["hos"], today=TODAY)  # fmt: skip
    assert {one.username for one in rights.seen_people(operator)} == {"operator"}
    assert stranger not in rights.seen_people(head)
    assert stranger in rights.seen_people(people["deputy_director"])
    leads = {(by, of.username): rights.leads(people[by], of)
             for by in ("hos", "branch_head", "deputy_director", "csm") for of in (csm, stranger)}  # fmt: skip
    assert leads == {
        ("hos", "csm"): True, ("hos", "stranger"): True, ("branch_head", "csm"): True,
        ("branch_head", "stranger"): False, ("deputy_director", "csm"): False, ("deputy_director", "stranger"): False,
        ("csm", "csm"): False, ("csm", "stranger"): False,
    }  # fmt: skip
    lines = {(by, of): rights.leads(people[by], people[of]) for by in ("director", "hos", "csh", "branch_head")
             for of in ("director", "deputy_it", "hos", "csh")}  # fmt: skip
    assert {pair for pair, is_led in lines.items() if is_led} == {
        ("director", "deputy_it"), ("director", "hos"), ("director", "csh"), ("hos", "csh"),
    }  # fmt: skip
    for person in people.values():
        assert set(rights.led_people(person)) == {
            one for one in [*people.values(), stranger] if rights.leads(person, one)
        }


# --- adaptation and steps ---------------------------------------------------------------------------------------------


def test_an_adaptation_has_the_steps_of_the_role_by_working_days(people: People, asked: Any) -> None:
    csm, mentor = people["csm"], people["operator"]
    made = begun(csm, mentor, people["csh"])
    steps = [(one.title, one.due_on) for one in made.steps.all()]
    assert steps == [("Функции", BEGIN), ("Десять звонков", date(2026, 7, 13))]  # the sixth working day from a Monday
    assert (told(csm), told(mentor)) == ([actions.BEGUN], [actions.MENTOR])
    with pytest.raises(Refused, match="уже"):
        begun(csm, mentor, people["csh"])
    with pytest.raises(PermissionDenied):
        begun(people["marketer"], mentor, people["csm"])
    with pytest.raises(Refused):
        begun(people["marketer"], people["marketer"], people["csh"])
    with pytest.raises(IntegrityError), transaction.atomic():  # the base itself
        Adaptation.objects.create(
            employee=csm, kind="post", mentor=mentor, starts_on=BEGIN, ends_on=TODAY, set_by=people["csh"]
        )


def test_an_adaptation_is_passed_when_nothing_is_open(people: People, asked: Any) -> None:
    csm, mentor, head = people["csm"], people["operator"], people["csh"]
    made = begun(csm, mentor, head)
    end: dict[str, Any] = {"adaptation": made, "note": "Справился", "acting_user": head, "today": TODAY}
    with pytest.raises(Refused):
        actions.conclude(outcome=Outcome.PASSED, **end)
    first, second = made.steps.all()
    actions.finish_step(step=first, result="Прочитал", acting_user=csm, today=TODAY)
    with pytest.raises(PermissionDenied):  # the learner does not take steps out
        actions.drop_step(step=second, acting_user=csm, today=TODAY)
    actions.drop_step(step=second, acting_user=mentor, today=TODAY)
    with pytest.raises(PermissionDenied):  # the mentor does not decide
        actions.conclude(outcome=Outcome.PASSED, **end | {"acting_user": mentor})
    longer = actions.extend(adaptation=made, ends_on=date(2026, 10, 1), acting_user=head)
    assert longer.ends_on == date(2026, 10, 1)
    with pytest.raises(Refused):
        actions.extend(adaptation=made, ends_on=BEGIN, acting_user=head)
    done = actions.conclude(outcome=Outcome.PASSED, **end)
    assert (done.outcome, done.closed_on, done.closed_by) == ("passed", TODAY, head)
    with pytest.raises(Refused):
        actions.conclude(outcome=Outcome.FAILED, **end)
    with pytest.raises(PermissionDenied):  # no mentor any more
        actions.set_step(employee=csm, title="Ещё", due_on=TODAY, acting_user=mentor, submission=uuid4())


def test_not_passed_takes_what_is_open_out(people: People, asked: Any) -> None:
    made = begun(people["csm"], people["operator"], people["csh"])
    actions.conclude(adaptation=made, outcome=Outcome.FAILED, note="Ушёл", acting_user=people["csh"], today=TODAY)
    assert set(made.steps.values_list("dropped_on", flat=True)) == {TODAY}
    assert reading.to_do(people["csm"], TODAY, TODAY) == []


def test_steps_are_set_once_and_closed_once(people: People, asked: dict[str, Competence]) -> None:
    csm, head = people["csm"], people["csh"]
    wanted: dict[str, Any] = {"employee": csm, "title": "Прослушать пять звонков", "due_on": TODAY - timedelta(days=1),
              "acting_user": head, "submission": uuid4(), "competence": asked["calls"]}  # fmt: skip
    step = actions.set_step(**wanted)
    assert actions.set_step(**wanted) == step
    assert (LearningStep.objects.count(), told(csm)) == (1, [actions.STEP_SET])
    assert step.is_late(TODAY)
    assert not step.is_late(TODAY - timedelta(days=1))
    with pytest.raises(PermissionDenied):
        actions.set_step(**wanted | {"acting_user": people["operator"], "submission": uuid4()})
    with pytest.raises(PermissionDenied):
        actions.finish_step(step=step, result="x", acting_user=people["operator"], today=TODAY)
    actions.finish_step(step=step, result="Прослушал", acting_user=csm, today=TODAY)
    with pytest.raises(Refused):
        actions.finish_step(step=step, result="x", acting_user=head, today=TODAY)
    with pytest.raises(Refused):
        actions.drop_step(step=step, acting_user=head, today=TODAY)


@pytest.mark.django_db(transaction=True)
def test_two_heads_bring_a_person_in_at_once(people: People) -> None:
    said: list[str] = []

    def other() -> None:
        try:
            begun(people["csm"], people["marketer"], people["csh"])
        except Refused as refusal:
            said.append(str(refusal))
        finally:
            connection.close()

    second = Thread(target=other)
    with transaction.atomic():
        begun(people["csm"], people["operator"], people["hos"])
        second.start()
        for _n in range(400):
            if at_once.waits():
                break
            second.join(0.05)
        assert at_once.waits()
    second.join()
    assert len(said) == 1
    assert Adaptation.objects.get().mentor == people["operator"]


# --- competences ------------------------------------------------------------------------------------------------------


def test_a_card_asks_for_everything_of_the_role_and_for_reasons(people: People, asked: dict[str, Competence]) -> None:
    csm, head = people["csm"], people["csh"]
    good = {asked["products"].pk: (2, ""), asked["calls"].pk: (1, "Мало практики")}
    wanted: dict[str, Any] = {"employee": csm, "note": "", "acting_user": head, "today": TODAY, "submission": uuid4()}
    for marks in ({}, {asked["products"].pk: (2, "")}, good | {asked["channels"].pk: (2, "")},
                  good | {asked["calls"].pk: (1, "")}):  # fmt: skip
        with pytest.raises(Refused), transaction.atomic():
            actions.assess(**wanted, marks=marks)
    assert not Assessment.objects.exists()
    card = actions.assess(**wanted, marks=good)
    assert actions.assess(**wanted, marks=good) == card
    with pytest.raises(Refused):
        actions.assess(**wanted | {"submission": uuid4()}, marks=good)
    with pytest.raises(PermissionDenied):
        actions.assess(**wanted | {"employee": head, "submission": uuid4()}, marks=good)
    asked["calls"].expected = 1
    asked["calls"].save()
    shown = {row.mark.competence.code: (row.mark.is_gap, row.change) for row in reading.card(csm, TODAY).marks}
    assert shown == {"products": (False, 0), "calls": (True, 0)}  # as was expected then
    assert told(csm) == [actions.ASSESSED]


def test_the_next_card_shows_what_changed_and_when_it_is_due(people: People, asked: Any) -> None:
    csm, head = people["csm"], people["csh"]
    assessed(csm, head, date(2026, 1, 16), 1)
    assert reading.to_assess(head, date(2026, 7, 15)) == 0
    assert reading.to_assess(head, TODAY) == 1
    assert reading.to_assess(csm, TODAY) == 0
    assessed(csm, head, TODAY, 2)
    card = reading.card(csm, TODAY)
    assert ([row.change for row in card.marks], card.due_on) == ([1, 1], date(2027, 1, 16))
    assert reading.to_assess(head, TODAY) == 0
    NumberVersion.objects.create(code="assessment-months", value=3, effective_from=TODAY, author=head)
    assert reading.card(csm, TODAY).due_on == date(2026, 10, 16)
    line = next(one for one in reading.lines(head, TODAY) if one.person == csm)
    assert (line.assessed_on, line.gaps) == (TODAY, 0)


# --- trainings --------------------------------------------------------------------------------------------------------


def test_a_training_from_the_plan_to_who_came(people: People) -> None:
    hos, csm, operator = people["hos"], people["csm"], people["operator"]
    training = planned(hos, [csm, operator], TODAY + timedelta(days=3), trainer=people["marketer"])
    assert [told(people[name]) for name in ("csm", "marketer", "hos")] == [[actions.INVITED], [actions.INVITED], []]
    rows = {row.employee_id: row.pk for row in training.attendances.all()}
    came = {rows[csm.pk]: (True, "Тест 80 %"), rows[operator.pk]: (False, "")}
    with pytest.raises(Refused):  # still to come
        actions.hold(training=training, came=came, acting_user=hos, today=TODAY)
    after = TODAY + timedelta(days=3)
    with pytest.raises(PermissionDenied):
        actions.hold(training=training, came=came, acting_user=csm, today=after)
    with pytest.raises(Refused):
        actions.hold(training=training, came={rows[csm.pk]: (True, "")}, acting_user=hos, today=after)
    actions.hold(training=training, came=came, acting_user=people["marketer"], today=after)  # the trainer
    assert Training.objects.get().state == TrainingState.HELD
    assert list(Attendance.objects.filter(came=True).values_list("employee", flat=True)) == [csm.pk]
    line = next(one for one in reading.lines(hos, after) if one.person == csm)
    assert line.trained == 1
    with pytest.raises(Refused):
        actions.cancel(training=training, why="Поздно", acting_user=hos)


def test_cancelling_tells_everybody_asked(people: People) -> None:
    training = planned(people["hos"], [people["csm"]], TODAY)
    actions.cancel(training=training, why="Тренер болен", acting_user=people["hos"])
    assert told(people["csm"]) == [actions.INVITED, actions.CANCELLED]
    assert reading.card(people["csm"], TODAY).trainings == []
    with pytest.raises(Refused):
        actions.hold(training=training, came={}, acting_user=people["hos"], today=TODAY)


def test_a_training_is_for_people_of_ones_rows(people: People) -> None:
    stranger = make.employee("stranger", branch=make.branch("msk"))
    with pytest.raises(PermissionDenied):
        planned(people["branch_head"], [stranger], TODAY)
    with pytest.raises(PermissionDenied):
        planned(people["csm"], [people["csm"]], TODAY)
    with pytest.raises(Refused):
        planned(people["hos"], [], TODAY)
    mixed = planned(people["hos"], [stranger, people["csm"]], TODAY)
    shown = reading.attendances_seen(people["branch_head"], [mixed])[mixed.pk]
    assert [one.employee for one in shown] == [people["csm"]]
    assert mixed in reading.seen_trainings(people["csm"])
    assert mixed not in reading.seen_trainings(people["operator"])


@pytest.mark.parametrize(("offset", "learner", "trainer"), [(0, 1, 1), (7, 1, 1), (8, 0, 0), (-1, 0, 1)])
def test_my_day_shows_trainings_of_the_week(offset: int, learner: int, trainer: int, people: People) -> None:
    planned(people["hos"], [people["csm"]], TODAY + timedelta(days=offset), trainer=people["csh"])
    shown = [
        sum(len(block.rows) for block in home.blocks(people[name], TODAY) if block.id == "to-learn")
        for name in ("csm", "csh", "operator")
    ]
    assert shown == [learner, trainer, 0]


def test_who_leaves_passes_newcomers_and_trainings_on(people: People, asked: Any) -> None:
    hos, mentor, taker = people["hos"], people["operator"], people["marketer"]
    own = begun(taker, mentor, hos)
    other = begun(people["csm"], mentor, hos)
    training = planned(hos, [people["csm"]], TODAY, trainer=mentor)
    gone = Leaving(mentor, taker, None, hos, TODAY, clock.now())
    assert [line.rows for line in leaving.held(mentor, TODAY)][-2:] == [2, 1]
    leaving.pass_on(gone)
    assert [line.rows for line in leaving.held(mentor, TODAY)][-2:] == [0, 0]
    for row in (own, other, training):
        row.refresh_from_db()
    assert (own.mentor, other.mentor, training.trainer) == (hos, taker, taker)


# --- screens ----------------------------------------------------------------------------------------------------------


def test_the_head_fills_a_card_in_and_sets_a_step_on_the_pages(
    people: People, asked: dict[str, Competence], browser_of: BrowserOf
) -> None:
    csm, browser = people["csm"], browser_of("csh")
    url = reverse("staff:assess", args=[csm.pk])
    products, calls = asked["products"].pk, asked["calls"].pk
    sent = {f"level-{products}": "2", f"level-{calls}": "1", "submission": str(uuid4())}
    answer = browser.post(url, sent)
    assert answer.status_code == 422
    assert f"why-{calls}" in answer.context["form"].errors
    assert browser.post(url, sent | {f"why-{calls}": "Мало практики"}).status_code == 302
    step = {"title": "Пять звонков с наставником", "due_on": "2026-07-20", "competence": calls, "submission": uuid4()}
    assert browser.post(reverse("staff:learning-step-new", args=[csm.pk]), step).status_code == 302
    own = browser_of("csm").get(reverse("staff:learning-card", args=[csm.pk]))
    assert "Мало практики" in own.content.decode()
    assert "Пять звонков" in own.content.decode()
    block = next(one for one in home.blocks(csm, TODAY) if one.id == "to-learn")
    assert [(row.name, row.left) for row in block.rows] == [("Пять звонков с наставником", 4)]
    done = reverse("staff:learning-step-done", args=[LearningStep.objects.get().pk])
    assert browser_of("csm").post(done, {"result": ""}).status_code == 422
    assert browser_of("csm").post(done, {"result": "Провёл пять"}).status_code == 302
    assert LearningStep.objects.get().done_by == csm
    drop = reverse("staff:learning-step-drop", args=[LearningStep.objects.get().pk])
    assert browser.post(drop).status_code == 302  # too late: said, nothing changes
    assert LearningStep.objects.get().dropped_on is None


def test_an_adaptation_and_a_training_on_the_pages(people: People, asked: Any, browser_of: BrowserOf) -> None:
    csm, browser = people["csm"], browser_of("hos")
    sent = {"kind": "newcomer", "mentor": people["operator"].pk, "starts_on": "2026-07-16", "ends_on": "2026-07-16"}
    new = reverse("staff:adaptation-new", args=[csm.pk])
    assert browser.post(new, sent).status_code == 422  # ends as it starts
    assert browser.post(new, sent | {"ends_on": "2026-09-14"}).status_code == 302
    end = reverse("staff:adaptation-end", args=[Adaptation.objects.get().pk])
    for outcome, words, status in (
        ("passed", "", 422), ("passed", "Хорошо", 422), ("extend", "", 422), ("failed", "Не справился", 302),
    ):  # fmt: skip
        assert browser.post(end, {"outcome": outcome, "note": words}).status_code == status, outcome
    topic = {"topic": "Возражения", "kind": "focused", "held_on": "2026-07-16", "people": csm.pk}
    plan = reverse("staff:training-new")
    both = {"trainer": csm.pk, "outside_trainer": "Эксперт"}
    assert browser.post(plan, topic | {"submission": uuid4()}).status_code == 422  # nobody trains
    assert browser.post(plan, topic | both | {"submission": uuid4()}).status_code == 422
    assert browser.post(plan, topic | {"trainer": people["csh"].pk, "submission": uuid4()}).status_code == 302
    training = Training.objects.get()
    row = training.attendances.get()
    held = browser.post(
        reverse("staff:training-held", args=[training.pk]), {f"came-{row.pk}": "on", f"result-{row.pk}": "Тест 90 %"}
    )
    assert held.status_code == 302
    listed = browser_of("csm").get(reverse("staff:trainings"))
    assert [(one.pk, len(asked_to), came) for one, asked_to, came in listed.context["rows"]] == [(training.pk, 1, 1)]
    assert browser.get(reverse("staff:trainings") + "?state=planned").context["rows"] == []
    assert "Тест 90" in browser_of("csm").get(reverse("staff:training", args=[training.pk])).content.decode()


def test_what_is_asked_is_changed_by_heads(people: People, asked: dict[str, Competence], browser_of: BrowserOf) -> None:
    browser = browser_of("csh")
    sent = {"role": "", "name": "Переговоры", "name_en": "Negotiation", "expected": "3", "is_used": "on"}
    assert browser.post(reverse("staff:competence-new"), sent).status_code == 302
    assert browser.post(reverse("staff:competence-new"), sent | {"expected": "0"}).status_code == 422
    one = asked["fax"]
    assert browser.post(reverse("staff:competence", args=[one.pk]), sent | {"name": "Факс"}).status_code == 302
    one.refresh_from_db()
    assert (one.name, one.is_used, one.code) == ("Факс", True, "fax")
    task = {"role": "", "name": "Обойти склад", "name_en": "", "by_day": "4", "is_used": "on"}
    assert browser.post(reverse("staff:adaptation-task-new"), task).status_code == 302
    assert browser.post(reverse("staff:adaptation-task-new"), task | {"by_day": "0"}).status_code == 422
    assert "Обойти склад" in browser.get(reverse("staff:learning-asked")).content.decode()


@pytest.mark.parametrize("page", ["learning", "trainings"])
def test_the_lists_ask_the_same_with_3_and_30_rows(
    page: str, people: People, asked: Any, browser_of: BrowserOf, django_assert_max_num_queries: Any
) -> None:
    browser, costs, hos = browser_of("hos"), [], people["hos"]
    browser.get(reverse(f"staff:{page}"))
    for n in range(30):
        person = make.employee(f"more{n}")
        begun(person, people["csm"], hos)
        assessed(person, hos, BEGIN)
        planned(hos, [person, people["csm"]], BEGIN)
        if n in (2, 29):
            with django_assert_max_num_queries(14) as counted:
                browser.get(reverse(f"staff:{page}"))
            costs.append(len(counted))
    assert costs[0] == costs[1]

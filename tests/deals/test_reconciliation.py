"""Reconciliation of the base: what is found, settled and found anew; its list, its tasks, their undo (R6)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django_celery_beat.models import PeriodicTask

from clients.completeness import writing
from clients.duplicates import joining
from clients.models import (
    Client,
    CompletenessPart,
    CompletenessRules,
    Contact,
    ContactPoint,
    DuplicatePair,
    SourceDifference,
)
from deals.models import Task
from deals.reconciliation import actions
from deals.reconciliation.models import Reconciliation, ReconciliationLine
from salescrm import schedule, tasks
from salescrm.base import clock, jobs
from salescrm.base.models import Job, Notification
from staff.access import Role
from staff.models import Employee
from tests import make
from tests.conftest import TODAY

pytestmark = pytest.mark.django_db

Browsers = Callable[[str], Browser]
People = dict[str, Employee]
Act = Callable[[], object]
LIST = reverse("reconciliation:line-list")
MAKE = reverse("reconciliation:line-tasks")
NEXT, THIRD = date(2026, 10, 1), date(2027, 1, 1)
FRIDAY, MONDAY = date(2026, 7, 17), date(2026, 7, 20)
HTMX = {"HX-Request": "true"}
MOST_QUERIES = 60


@pytest.fixture(autouse=True)
def only_city(db: None) -> None:
    """Let the city be all that has to be known."""
    CompletenessRules.objects.create(**{f"weight_{part}": int(part == "city") for part in CompletenessPart.values})


def known(name: str, owner: Employee, **fields: Any) -> Client:
    """Make a client of whom everything is known."""
    return make.client(name, owner, **({"city": "Тверь"} | fields))


def blank(name: str, owner: Employee, **fields: Any) -> Client:
    """Make a client whose city is not known."""
    return known(name, owner, city="", **fields)


def pair(one: Client, other: Client, **fields: Any) -> DuplicatePair:
    return DuplicatePair.objects.create(
        one=one, other=other, **({"likeness": 80, "reasons_mark": UUID(int=1), "found_on": TODAY} | fields)
    )


def dead(client: Client, value: str = "+79215550012", kind: str = "phone", **fields: Any) -> ContactPoint:
    return make.point(client, value, kind, dead_on=TODAY, dead_reason="не отвечает", **fields)


def differing(client: Client, field: str = "city", here: str = "Тверь", there: str = "Омск") -> SourceDifference:
    fields = {"field": field, "here": here, "there": there, "source": make.source(), "seen_on": TODAY}
    return SourceDifference.objects.create(client=client, **fields)


def run(day: date = TODAY) -> Reconciliation:
    return actions.reconcile(day=day, made_by=None)[0]


def lines(day: date = TODAY) -> dict[tuple[str, str, str], Any]:
    """What a reconciliation found and is not settled: kind, client, other client → what of it."""
    found = ReconciliationLine.objects.filter(reconciliation__day=day, settled_on=None)
    return {
        (one.kind, one.client.name, one.other.name if one.other else ""): one.about
        for one in found.select_related("client", "other")
    }


def states() -> list[tuple[date, bool, bool]]:
    """Of every line its reconciliation, whether it is settled, whether it has a task."""
    found = ReconciliationLine.objects.order_by("reconciliation__day", "pk")
    return [
        (one.reconciliation.day, one.settled_on is not None, one.task_id is not None)
        for one in found.select_related("reconciliation")
    ]


# --- what is found ----------------------------------------------------------------------------------------------------


def test_it_finds_each_kind(people: People, today: date) -> None:
    csm = people[Role.CSM]
    blank("Альфа", csm)
    beta = known("Бета", csm)
    dead(beta)
    dead(beta, "+79215550013")
    dead(beta, "b@b.ru", "email")
    make.point(beta, "c@b.ru", "email")
    one = known("Гамма", csm, standing={"last_purchase_on": date(2026, 1, 1)})
    pair(one, known("Дельта", csm, standing={"last_purchase_on": date(2026, 2, 1)}))
    epsilon = known("Эпсилон", csm)
    differing(epsilon)
    differing(epsilon, "region", "Тверская область", "Омская область")  # the base has no region any more
    made, counts = actions.reconcile(day=TODAY, made_by=people[Role.CSH])
    assert lines() == {
        ("empty", "Альфа", ""): {"parts": ["city"], "completeness": None},
        ("dead", "Бета", ""): {"dead": {"phone": 2}},
        ("duplicate", "Дельта", "Гамма"): {"likeness": 80},
        ("differs", "Эпсилон", ""): {"fields": [["city", "Тверь", "Омск", "1c"]]},
    }
    assert counts == {"duplicate": 1, "empty": 1, "dead": 1, "differs": 1}
    assert (made.day, made.made_by) == (TODAY, people[Role.CSH])


def test_of_a_pair_that_never_bought_the_smaller_number_is_kept(people: People, today: date) -> None:
    one, other = known("Гамма", people[Role.CSM]), known("Дельта", people[Role.CSM])
    pair(one, other)
    run()
    assert list(lines()) == [("duplicate", "Гамма", "Дельта")]


@pytest.mark.parametrize(
    ("kinds", "change"),
    [
        ({"duplicate", "dead", "differs"}, {"city": "Тверь"}),
        ({"empty", "duplicate", "dead"}, {}),
        ({"duplicate", "dead"}, {"life_cycle": "lost"}),
        (set(), {"life_cycle": "archived"}),
        ({"empty", "duplicate", "dead"}, {"archived_on": TODAY, "archive_reason": "закрылись"}),  # has bought since
        (set(), {"merged": True}),
    ],
)
def test_it_leaves_out_who_is_not_worked_with(
    kinds: set[str], change: dict[str, Any], people: People, today: date
) -> None:
    client, other = blank("Альфа", people[Role.CSM]), known("Бета", people[Role.CSM])
    dead(client)
    pair(client, other)
    differing(client)
    if change.pop("merged", False):
        change["merged_into"] = other
    if state := change.pop("life_cycle", ""):
        client.standing.life_cycle = state
        client.standing.save()
    if change:
        Client.objects.filter(pk=client.pk).update(**change)
    run()
    assert {kind for kind, _client, _other in lines()} == kinds


def test_a_phone_is_no_matter_while_another_one_lives(people: People, today: date) -> None:
    client, gone = known("Альфа", people[Role.CSM]), known("Бета", people[Role.CSM])
    dead(client)
    make.point(client, "+79215550099")
    left = make.contact(gone, "Анна Ким", left_on=TODAY)
    dead(gone, contact=left)  # who has left is not looked for
    run()
    assert lines() == {}


def test_a_living_phone_of_somebody_who_left_is_none(people: People, today: date) -> None:
    client = known("Альфа", people[Role.CSM])
    dead(client)
    contact = make.contact(client, "Анна Ким")
    make.point(client, "+79215550099", contact=contact)
    run()
    assert lines() == {}
    Contact.objects.filter(pk=contact.pk).update(left_on=TODAY)
    run(NEXT)
    assert list(lines(NEXT)) == [("dead", "Альфа", "")]


def test_a_second_time_on_the_same_day_adds_what_has_come_since(people: People, today: date) -> None:
    client = blank("Альфа", people[Role.CSM])
    first = run()
    blank("Бета", people[Role.CSM])
    Client.objects.filter(pk=client.pk).update(city="Псков")
    assert run() == first
    assert list(lines()) == [("empty", "Бета", "")]
    Client.objects.filter(pk=client.pk).update(city="")
    run()
    assert {name for _kind, name, _other in lines()} == {"Альфа", "Бета"}
    assert ReconciliationLine.objects.count() == 2


@pytest.mark.parametrize(
    ("fields", "constraint"),
    [
        ({"kind": "x"}, "reconciliation_kind_known"),
        ({"kind": "duplicate"}, "reconciliation_pair_of_two"),
        ({"kind": "empty", "both": True}, "reconciliation_pair_of_two"),
        ({"kind": "dead"}, "reconciliation_line_once"),
    ],
)
def test_the_database_refuses_lines_that_make_no_sense(
    fields: dict[str, Any], constraint: str, people: People, today: date
) -> None:
    client = known("Альфа", people[Role.CSM])
    dead(client)
    made = run()
    if fields.pop("both", False):
        fields["other"] = client
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        ReconciliationLine.objects.create(reconciliation=made, client=client, **fields)


# --- settled, and found anew ------------------------------------------------------------------------------------------


def city(client: Client, name: str) -> None:
    """Write the city as its form would."""
    Client.objects.filter(pk=client.pk).update(city=name)
    writing.write([client.pk], today=TODAY)


def wrong(kind: str, csm: Employee) -> tuple[Act, Act]:
    """Make one thing wrong; return how it is put right, and how it is made wrong again."""
    client = known("Альфа", csm)
    if kind == "duplicate":
        pair(client, known("Бета", csm))
        decided = {"state": "different", "decided_by": csm, "decided_on": TODAY}
        return lambda: DuplicatePair.objects.update(**decided), lambda: DuplicatePair.objects.update(state="open")
    if kind == "empty":
        city(client, "")
        return lambda: city(client, "Псков"), lambda: city(client, "")
    if kind == "dead":
        dead(client)
        again = {"dead_on": TODAY, "dead_reason": "не отвечает"}
        return lambda: ContactPoint.objects.update(dead_on=None), lambda: ContactPoint.objects.update(**again)
    differing(client)
    return lambda: city(client, "омск"), lambda: city(client, "Тверь")


KINDS = ("duplicate", "empty", "dead", "differs")


@pytest.mark.parametrize("kind", KINDS)
def test_the_next_one_settles_what_is_right_and_a_later_one_finds_it_anew(
    kind: str, people: People, today: date
) -> None:
    mend, spoil = wrong(kind, people[Role.CSM])
    run()
    mend()
    run(NEXT)
    assert states() == [(TODAY, True, False)]
    assert ReconciliationLine.objects.get().settled_on == NEXT
    spoil()
    run(THIRD)
    assert states() == [(TODAY, True, False), (THIRD, False, False)]


@pytest.mark.parametrize("kind", KINDS)
def test_the_page_settles_what_is_right_and_leaves_its_task_alone(
    kind: str, browser_of: Browsers, people: People, today: date
) -> None:
    mend, _spoil = wrong(kind, people[Role.CSM])
    run()
    task_of(browser_of(Role.CSH))
    csh = browser_of(Role.CSH)
    csh.get(LIST)
    assert states() == [(TODAY, False, True)], "still wrong"
    mend()
    csh.get(LIST, headers=HTMX)
    assert states() == [(TODAY, False, True)], "a part of the page settles nothing"
    csh.get(LIST)
    assert states() == [(TODAY, True, True)]
    assert [task.state for task in Task.objects.all()] == ["open"]


def task_of(browser: Browser) -> None:
    """Make tasks of everything."""
    assert browser.post(f"{MAKE}?all=1", {"due_on": TODAY, "per_day": 5}).status_code == 302


def test_the_page_says_what_is_left_of_a_line(browser_of: Browsers, people: People, today: date) -> None:
    client = known("Альфа", people[Role.CSM])
    differing(client)
    differing(client, "region", "Тверская область", "Омская область")
    Client.objects.filter(pk=client.pk).update(region="Тверская область")
    run()
    city(client, "Омск")
    page = browser_of(Role.CSH).get(LIST).content.decode()
    assert lines()["differs", "Альфа", ""] == {"fields": [["region", "Тверская область", "Омская область", "1c"]]}
    assert "Омская область" in page


def test_an_open_task_is_that_of_the_next_line_a_closed_one_is_not(
    browser_of: Browsers, people: People, today: date
) -> None:
    blank("Альфа", people[Role.CSM])
    run()
    task_of(browser_of(Role.CSH))
    run(NEXT)
    assert states() == [(TODAY, False, True), (NEXT, False, True)]
    assert len(set(ReconciliationLine.objects.values_list("task", flat=True))) == 1
    done = {"state": "done", "closed_at": clock.now(), "closed_by": people[Role.CSM]}
    Task.objects.update(**done)
    run(THIRD)
    assert states()[-1] == (THIRD, False, False)


def test_lines_of_a_joined_client_are_settled_and_get_no_task(
    browser_of: Browsers, people: People, today: date
) -> None:
    kept, joined = known("Альфа", people[Role.CSM]), blank("Бета", people[Role.CSM])
    dead(joined)
    made = run()
    joining.join(
        kept=kept.pk, joined=joined.pk, taken={}, submission=UUID(int=7), acting_user=people[Role.CSM], today=TODAY,
        now=clock.now(),
    )  # fmt: skip
    waiting = ReconciliationLine.objects.all()
    assert actions.make_tasks(lines=waiting, due_on=TODAY, per_day=5, acting_user=people[Role.CSH]).left == 2
    actions.reconcile(day=TODAY, made_by=None)
    assert {one.client.name for one in made.lines.filter(settled_on=None)} == {"Альфа"}, "the dead phone is its now"
    assert Task.objects.count() == 0


def test_lines_of_a_client_an_undone_import_took_away_are_swept(people: People, today: date) -> None:
    gone = blank("Альфа", people[Role.CSM])
    made = run()
    ReconciliationLine.objects.filter(client=gone).update(client=gone.pk + 1000)
    run()
    assert {one.client_id for one in made.lines.all()} == {gone.pk}


# --- by schedule, and now ---------------------------------------------------------------------------------------------


def test_the_schedule_has_it_every_quarter() -> None:
    schedule.insert_defaults()
    entry = PeriodicTask.objects.get(name="reconciliation of the base")
    at = entry.crontab
    assert (entry.task, at.hour, at.minute, at.day_of_month, at.month_of_year) == (
        "reconciliation", "4", "50", "1", "1,4,7,10",
    )  # fmt: skip
    PeriodicTask.objects.filter(pk=entry.pk).update(enabled=False)
    assert schedule.insert_defaults() == 0, "what an administrator has changed stays"


def test_the_scheduled_task_starts_a_job_of_nobody(today: date) -> None:
    tasks.reconciliation()
    job = Job.objects.get()
    assert (job.kind, job.arguments, job.created_by) == ("reconciliation", {"day": "2026-07-16"}, None)


def test_who_asks_for_it_is_told(browser_of: Browsers, people: People, today: date) -> None:
    blank("Альфа", people[Role.CSM])
    browser = browser_of(Role.DEPUTY_DIRECTOR)
    for _n in range(2):
        assert browser.post(reverse("reconciliation:start")).status_code == 302
    job = Job.objects.get()
    jobs.load_kinds()
    for _n in range(2):
        told = jobs._kinds[job.kind](jobs.Progress(job), **job.arguments)
    assert told == {"duplicate": 0, "empty": 0, "dead": 0, "differs": 0}, "the second time nothing is new"
    made = Reconciliation.objects.get()
    assert (made.made_by, list(lines())) == (people[Role.DEPUTY_DIRECTOR], [("empty", "Альфа", "")])
    note = Notification.objects.get(kind="job")
    assert (note.person, note.values, note.url) == (made.made_by, {"rows": 1}, f"{LIST}?run={made.pk}")


# --- the list ---------------------------------------------------------------------------------------------------------


def shown(browser: Browser, query: str = "") -> list[str]:
    return [row.client.name for row in browser.get(f"{LIST}{query}").context["rows"]]


@pytest.fixture
def various(people: People, today: date) -> Reconciliation:
    """One line of each kind; of the dead phone somebody has a task, the blank city is filled in by now."""
    csm, other = people[Role.CSM], people[Role.BDM_KEY]
    filled, without = blank("Альфа", csm), known("Бета", other)
    dead(without)
    pair(known("Гамма", csm), known("Дельта", other))
    differing(known("Эпсилон", csm))
    made = run()
    city(filled, "Псков")
    task = make.task("Найти", other, client=without, due_on=TODAY)
    ReconciliationLine.objects.filter(kind="dead").update(task=task)
    return made


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("", ["Эпсилон", "Гамма"]),
        ("?view=0", ["Бета", "Эпсилон", "Гамма", "Альфа"]),
        ("?state=task", ["Бета"]),
        ("?state=settled", ["Альфа"]),
        ("?kind=differs", ["Эпсилон"]),
        ("?owner={other}", ["Бета"]),
        ("?branch={branch}&state=open", ["Эпсилон", "Гамма"]),
        ("?q=эпс", ["Эпсилон"]),
        ("?kind=nonsense&state=open", ["Эпсилон", "Гамма"]),
        ("?run=99999999999&view=0&kind=dead", ["Бета"]),
    ],
)
def test_it_filters(
    query: str, names: list[str], browser_of: Browsers, people: People, various: Reconciliation
) -> None:
    asked = query.format(other=people[Role.BDM_KEY].pk, branch=people[Role.CSM].branch_id)
    found = shown(browser_of(Role.CSH), asked)
    assert sorted(found) == sorted(names)


def test_it_says_what_is_wrong_in_words(browser_of: Browsers, various: Reconciliation) -> None:
    page = browser_of(Role.CSH).get(f"{LIST}?view=0").content.decode()
    assert "phone: 1 dead, none that works" in page
    assert "may be one with “Дельта”, likeness 80" in page
    assert "city: “Тверь”, in 1c “Омск”" in page


def test_it_counts_by_kind(browser_of: Browsers, various: Reconciliation) -> None:
    csh = browser_of(Role.CSH)
    csh.get(LIST)
    totals = csh.get(f"{reverse('reconciliation:line-totals')}?view=0").context["totals"]
    assert totals == {"lines": 4, "duplicate": 1, "empty": 1, "dead": 1, "differs": 1}
    counts = csh.get(reverse("reconciliation:line-counts")).context["counts"]
    assert counts == [2, 1, 0, 0, 1, 1, 1, 4]


def test_an_earlier_one_is_shown_when_asked_for(browser_of: Browsers, people: People, today: date) -> None:
    first = known("Альфа", people[Role.CSM])
    dead(first)
    made = run()
    ContactPoint.objects.update(dead_on=None)
    blank("Бета", people[Role.CSM])
    run(NEXT)
    csh = browser_of(Role.CSH)
    assert shown(csh) == ["Бета"]
    assert shown(csh, f"?run={made.pk}&state=settled") == ["Альфа"]
    assert shown(csh, f"?run={made.pk}&state=open") == []


def test_a_branch_head_sees_lines_of_the_branch(browser_of: Browsers, people: People, today: date) -> None:
    far = make.employee("dalnij", branch=make.branch("msk"))
    blank("Дальний", far)
    blank("Ближний", people[Role.CSM])
    run()
    assert shown(browser_of(Role.BRANCH_HEAD)) == ["Ближний"]
    strange = ReconciliationLine.objects.get(client__name="Дальний")
    answer = browser_of(Role.BRANCH_HEAD).post(f"{MAKE}?ids={strange.pk}", {"due_on": TODAY, "per_day": 5})
    assert (answer.status_code, Task.objects.count()) == (404, 0)


def test_it_is_exported(browser_of: Browsers, various: Reconciliation) -> None:
    csh = browser_of(Role.CSH)
    csh.get(LIST)
    answer: Any = csh.post(f"{reverse('reconciliation:line-export')}?state=open", {"form": "csv"})
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    assert text.count("\n") == 3
    assert "may be one with “Дельта”, likeness 80" in text


def test_the_queries_do_not_grow(browser_of: Browsers, people: People, today: date) -> None:
    counts, csh = [], browser_of(Role.CSH)
    for upto in (range(3), range(3, 30)):
        for n in upto:
            one = known(f"Клиент {n}", people[(Role.CSM, Role.BDM_KEY)[n % 2]])
            if n % 3 == 0:
                pair(one, known(f"Похожий {n}", people[Role.CSM]))
            elif n % 3 == 1:
                dead(one)
            else:
                differing(one)
        run()
        csh.get(LIST)
        asked = []
        for url in (LIST, f"{LIST}?view=0&sort=client", f"{MAKE}?all=1"):
            with CaptureQueriesContext(connection) as found:
                assert csh.get(url).status_code == 200
            asked.append(len(found))
        with transaction.atomic(), CaptureQueriesContext(connection) as found:
            task_of(csh)
            transaction.set_rollback(True)
        asked.append(len(found))
        counts.append(asked)
    assert counts[0] == counts[1]
    assert max(counts[0]) <= MOST_QUERIES


# --- tasks ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def seven(people: People, today: date) -> Reconciliation:
    """Seven blank clients of one manager and one of another."""
    for n in range(7):
        blank(f"Клиент {n}", people[Role.CSM])
    blank("Чужой", people[Role.BDM_KEY])
    return run()


def due() -> dict[tuple[str, date], int]:
    """How many tasks each person has for each day."""
    found: dict[tuple[str, date], int] = {}
    for task in Task.objects.filter(state="open").select_related("assignee"):
        key = (task.assignee.username, task.due_on)
        found[key] = found.get(key, 0) + 1
    return found


def test_it_says_beforehand_who_gets_how_many(browser_of: Browsers, seven: Reconciliation) -> None:
    csh = browser_of(Role.CSH)
    plan = csh.get(f"{MAKE}?all=1").context["plan"]
    shares = [(share.person.username, share.tasks, share.last_on) for share in plan.shares]
    assert shares == [(Role.CSM, 7, FRIDAY), (Role.BDM_KEY, 1, TODAY)]
    answer = csh.post(f"{MAKE}?all=1", {"due_on": FRIDAY, "per_day": 2, "preview": "1"})
    shares = [(share.person.username, share.tasks, share.last_on) for share in answer.context["plan"].shares]
    assert shares == [(Role.CSM, 7, MONDAY + timedelta(days=2)), (Role.BDM_KEY, 1, FRIDAY)]
    assert (answer.status_code, Task.objects.count()) == (200, 0)


def test_tasks_are_spread_over_working_days(browser_of: Browsers, people: People, seven: Reconciliation) -> None:
    csh = browser_of(Role.CSH)
    answer = csh.post(f"{MAKE}?all=1", {"due_on": FRIDAY, "per_day": 5}, headers=HTMX)
    assert "8 tasks are made" in answer.headers["HX-Trigger"]
    assert due() == {(Role.CSM, FRIDAY): 5, (Role.CSM, MONDAY): 2, (Role.BDM_KEY, FRIDAY): 1}
    task = Task.objects.filter(client__name="Клиент 0").get()
    assert (task.title, task.author, task.origin) == ("Fill in: city", people[Role.CSH], "")
    assert task.client is not None
    assert task.client.standing.next_task_on == FRIDAY
    told = {note.person.username: note.values["rows"] for note in Notification.objects.filter(kind="task")}
    assert told == {Role.CSM: 7, Role.BDM_KEY: 1}
    blank("Ещё один", people[Role.CSM])
    run()
    csh.post(f"{MAKE}?all=1", {"due_on": FRIDAY, "per_day": 5})
    assert due()[Role.CSM, MONDAY] == 3, "days that are full stay so"


@pytest.mark.parametrize("second", [Role.CSH, Role.DEPUTY_DIRECTOR])
def test_a_line_gets_one_task_whoever_asks_again(second: str, browser_of: Browsers, seven: Reconciliation) -> None:
    ids = urlencode({"ids": list(ReconciliationLine.objects.values_list("pk", flat=True))}, doseq=True)
    data = {"due_on": TODAY, "per_day": 5}
    browser_of(Role.CSH).post(f"{MAKE}?{ids}", data)
    before = list(Task.objects.order_by("pk").values())
    for query in (ids, "all=1"):
        answer = browser_of(second).post(f"{MAKE}?{query}", data, headers=HTMX)
        assert "Nothing was made" in answer.headers["HX-Trigger"]
    assert list(Task.objects.order_by("pk").values()) == before


def test_it_says_how_many_lines_got_none(browser_of: Browsers, people: People, seven: Reconciliation) -> None:
    Employee.objects.filter(pk=people[Role.BDM_KEY].pk).update(is_active=False)
    ReconciliationLine.objects.filter(client__name="Клиент 0").update(settled_on=TODAY)
    answer = browser_of(Role.CSH).post(f"{MAKE}?all=1&view=0", {"due_on": TODAY, "per_day": 50}, headers=HTMX)
    assert "6 tasks are made. 2 lines got none" in answer.headers["HX-Trigger"]
    assert due() == {(Role.CSM, TODAY): 6}


@pytest.mark.parametrize(
    "data",
    [
        {"due_on": "", "per_day": 5},
        {"due_on": TODAY - timedelta(days=1), "per_day": 5},
        {"due_on": TODAY + timedelta(days=367), "per_day": 5},
        {"due_on": TODAY, "per_day": 0},
        {"due_on": TODAY, "per_day": 51},
        {"due_on": TODAY, "per_day": "много"},
    ],
)
def test_bad_input_changes_nothing(data: dict[str, Any], browser_of: Browsers, seven: Reconciliation) -> None:
    answer = browser_of(Role.CSH).post(f"{MAKE}?all=1", data)
    assert (answer.status_code, Task.objects.count()) == (422, 0)


def test_it_is_undone_once_by_who_did_it_and_what_is_done_stays(
    browser_of: Browsers, people: People, seven: Reconciliation
) -> None:
    csh, data = browser_of(Role.CSH), {"due_on": TODAY, "per_day": 5}
    answer = csh.post(f"{MAKE}?all=1", data, headers=HTMX)
    undo = answer.headers["HX-Trigger"].split('"undo": "')[1].split('"')[0]
    done = Task.objects.filter(client__name="Чужой")
    done.update(state="done", closed_at=clock.now(), closed_by=people[Role.BDM_KEY])
    assert browser_of(Role.HOS).post(undo).status_code == 404
    answer = csh.post(undo, headers=HTMX)
    assert "7 tasks are taken back. 1 stays" in answer.headers["HX-Trigger"]
    assert csh.post(undo).status_code == 404
    assert due() == {}
    assert ReconciliationLine.objects.filter(task=None).count() == 7
    csh.post(f"{MAKE}?all=1", data)
    assert sum(due().values()) == 7

"""My day: each role sees what asks for it, and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client as Browser
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from clients.models import Client, OwnershipReason, Segment, Shipment, Sphere
from deals import figures
from deals.actions import change_owners
from salescrm.base.day import Block
from salescrm.base.models import Intake, IntakeState, StepRun, StepState
from segmentation.models import CaseState, ClientState, ZeroCase
from staff.access import Role
from staff.models import Absence, Employee
from tests import make

pytestmark = pytest.mark.django_db
BrowserOf = Callable[[str], Browser]
TODAY = date(2026, 7, 16)


def blocks_of(browser: Browser) -> dict[str, Block]:
    answer = browser.get(reverse("home"))
    assert answer.status_code == 200
    return {block.id: block for block in [*answer.context["blocks"], *answer.context["side"]]}


def going(name: str, owner: Employee, days: int) -> Client:
    """Make a zero client whose term runs out in so many days."""
    standing = {"life_cycle": "zero", "hand_over_on": TODAY + timedelta(days=days), "turnover": 100}
    return make.client(name, owner, standing=standing)


def case(client: Client, state: str, from_owner: Employee, to_owner: Employee, **fields: Any) -> ZeroCase:
    rules = make.rule_set() if not ZeroCase.objects.exists() else ZeroCase.objects.earliest("pk").rule_set
    fields = {"handed_on": TODAY - timedelta(days=3) if state != CaseState.PROPOSED else None} | fields
    return ZeroCase.objects.create(
        client=client,
        rule="other",
        state=state,
        silent_since=date(2026, 1, 5),
        due_on=date(2026, 7, 6),
        from_owner=from_owner,
        to_owner=to_owner,
        opened_on=date(2026, 7, 6),
        night=date(2026, 7, 15),
        turnover=500,
        rule_set=rules,
        **fields,
    )


def test_a_manager_sees_own_clients_about_to_go_soonest_first(
    people: dict[str, Employee], browser_of: BrowserOf, today: date
) -> None:
    csm = people[Role.CSM]
    going("Поздний", csm, 12)
    going("Ранний", csm, 2)
    going("Далёкий", csm, 15)
    going("Чужой", people[Role.OPERATOR], 2)

    soon = blocks_of(browser_of(Role.CSM))["soon"]

    assert [(row.name, row.left) for row in soon.rows] == [("Ранний", 2), ("Поздний", 12)]


def test_hand_overs_and_returns_show_to_the_people_they_concern(
    people: dict[str, Employee], browser_of: BrowserOf, today: date
) -> None:
    csm, recovery = people[Role.CSM], people[Role.BDM_RECOVERY]
    gone, back = make.client("Ушедший", csm), make.client("Вернувшийся", csm)
    case(gone, CaseState.HANDED_OVER, csm, recovery)
    moved(gone, recovery, "zero", date(2026, 7, 13))
    moved(back, recovery, "zero", date(2026, 6, 13))
    moved(back, csm, "return", date(2026, 7, 15))

    of_csm = blocks_of(browser_of(Role.CSM))["moves"].rows
    of_recovery = blocks_of(browser_of(Role.BDM_RECOVERY))

    assert [(row.name, bool(row.url)) for row in of_csm] == [("Вернувшийся", True), ("Ушедший", False)]
    assert [row.name for row in of_recovery["moves"].rows] == ["Вернувшийся", "Ушедший"]
    assert [row.name for row in of_recovery["recovery"].rows] == ["Ушедший"]
    assert "moves" not in blocks_of(browser_of(Role.OPERATOR))


def test_a_head_sees_proposals_of_the_own_rows_and_a_manager_none(
    people: dict[str, Employee], browser_of: BrowserOf, today: date
) -> None:
    csm, recovery = people[Role.CSM], people[Role.BDM_RECOVERY]
    case(make.client("Ждёт", csm), CaseState.PROPOSED, csm, recovery)
    there = make.employee("moscow", branch=make.branch("msk"))
    case(make.client("Ждёт в Москве", there), CaseState.PROPOSED, there, recovery)

    assert blocks_of(browser_of(Role.HOS))["proposals"].count == 2
    assert [row.name for row in blocks_of(browser_of(Role.BRANCH_HEAD))["proposals"].rows] == ["Ждёт"]
    assert "proposals" not in blocks_of(browser_of(Role.CSM))


def test_new_clients_wait_for_their_second_order(
    people: dict[str, Employee], browser_of: BrowserOf, today: date
) -> None:
    csm = people[Role.CSM]
    once = {"life_cycle": "new", "purchases": 1}
    make.client("Июльский", csm, standing=once | {"last_purchase_on": date(2026, 7, 10)})
    make.client("Июньский", csm, standing=once | {"last_purchase_on": date(2026, 6, 10)})
    make.client("Постоянный", csm, standing={"life_cycle": "active", "purchases": 2})

    second = blocks_of(browser_of(Role.CSM))["second"]

    assert [row.name for row in second.rows] == ["Июньский", "Июльский"]


def test_the_lead_manager_sees_potential_clients(
    people: dict[str, Employee], browser_of: BrowserOf, today: date
) -> None:
    make.client("Возможный", people[Role.LEAD_MANAGER])

    assert [row.name for row in blocks_of(browser_of(Role.LEAD_MANAGER))["potential"].rows] == ["Возможный"]


def test_the_last_night_shows_to_those_who_read_the_journal(
    people: dict[str, Employee], browser_of: BrowserOf, today: date
) -> None:
    detail = {"zero": {"flagged": 4, "handed_over": 2}, "top": {"entered": 1}, "guards": ["size"]}
    for step in ("turnover", "classes", "top", "life_cycle", "returns", "hand_over", "contacts", "journal"):
        StepRun.objects.create(as_of=date(2026, 7, 15), step=step, state=StepState.DONE, detail=detail)

    night = blocks_of(browser_of(Role.HOS))["night"]

    assert [row.why for row in night.rows] == ["4", "2", "1", ""]
    assert night.rows[-1].tone == "warn"
    assert "night" not in blocks_of(browser_of(Role.CSM))


def test_imports_show_to_those_who_import(people: dict[str, Employee], browser_of: BrowserOf, today: date) -> None:
    Intake.objects.create(kind="orders", file_name="июль.csv", state=IntakeState.DONE)

    assert [row.name for row in blocks_of(browser_of(Role.HOS))["imports"].rows] == ["июль.csv"]
    assert "imports" not in blocks_of(browser_of(Role.CSM))


def test_a_substitute_and_the_head_see_who_is_away(
    people: dict[str, Employee], browser_of: BrowserOf, today: date
) -> None:
    csm, operator = people[Role.CSM], people[Role.OPERATOR]
    Absence.objects.create(employee=csm, substitute=operator, starts_on=TODAY, ends_on=TODAY + timedelta(days=5))

    assert [row.name for row in blocks_of(browser_of(Role.OPERATOR))["stands-in"].rows] == [csm.short_name]
    assert [row.name for row in blocks_of(browser_of(Role.CSH))["away"].rows] == [csm.short_name]
    assert "away" not in blocks_of(browser_of(Role.CSM))


def test_a_quiet_day_says_so(people: dict[str, Employee], browser_of: BrowserOf, today: date) -> None:
    assert "Nothing asks for you today" in browser_of(Role.DIRECTOR).get(reverse("home")).content.decode()


@pytest.mark.parametrize("count", [3, 30])
def test_the_page_asks_the_same_questions_however_much_there_is(
    people: dict[str, Employee],
    browser_of: BrowserOf,
    django_assert_max_num_queries: DjangoAssertNumQueries,
    count: int,
    today: date,
) -> None:
    csm, recovery = people[Role.CSM], people[Role.BDM_RECOVERY]
    for number in range(count):
        going(f"Уходит {number}", csm, 3)
        make.client(f"Новый {number}", csm, standing={"life_cycle": "new", "purchases": 1})
        case(make.client(f"Ждёт {number}", csm), CaseState.PROPOSED, csm, recovery)
        case(make.client(f"Передан {number}", recovery), CaseState.HANDED_OVER, csm, recovery)
    browser = browser_of(Role.HOS)
    browser.get(reverse("home"))  # the first request of a session writes its rows

    with django_assert_max_num_queries(39):
        browser.get(reverse("home"))


def test_a_manager_sees_his_new_clients_without_a_type(
    browser_of: BrowserOf, people: dict[str, Employee], today: date
) -> None:
    make.client("Свой", people[Role.CSM], standing={"life_cycle": "new"})
    make.client("Старый", people[Role.CSM], standing={"life_cycle": "active"})
    make.client("Чужой", people[Role.BDM_KEY], standing={"life_cycle": "new"})
    sphere = Sphere.objects.create(code="s", name="Сфера")
    school = Segment.objects.create(name="Школа", sphere=sphere)
    make.client("С типом", people[Role.CSM], standing={"life_cycle": "new"}, segment=school)
    block = blocks_of(browser_of(Role.CSM))["untyped"]
    assert ([row.name for row in block.rows], block.count) == (["Свой"], 1)
    listed = browser_of(Role.CSM).get(block.url)
    assert [row.client.name for row in listed.context["rows"]] == ["Свой"]
    assert "untyped" not in blocks_of(browser_of(Role.HOS))


def moved(client: Client, to: Employee, reason: str, day: date = TODAY) -> None:
    change_owners({client.pk: to.pk}, starts_on=day, reason=OwnershipReason(reason))


@pytest.mark.parametrize("reason", ["manual", "levelling", "substitution", "dismissal", "zero"])
def test_a_client_that_came_in_whatever_way_is_told_to_both(
    people: dict[str, Employee], browser_of: BrowserOf, today: date, reason: str
) -> None:
    csm, key = people[Role.CSM], people[Role.BDM_KEY]
    client = make.client("Перешёл", csm)
    moved(client, key, reason, TODAY - timedelta(days=13))
    moved(make.client("Давно перешёл", csm), key, reason, TODAY - timedelta(days=14))
    make.client("Первый", key, since=TODAY - timedelta(days=2))

    (came,) = blocks_of(browser_of(Role.BDM_KEY))["moves"].rows
    (went,) = blocks_of(browser_of(Role.CSM))["moves"].rows

    word = str(OwnershipReason(reason).label)
    assert (came.name, came.why) == ("Перешёл", f"came from {csm.short_name}: {word}")
    assert (went.name, went.why) == ("Перешёл", f"went to {key.short_name}: {word}")
    assert [bool(came.url and came.acts), bool(went.url or went.acts)] == [True, False]


def test_a_substitute_has_the_tasks_already_set_to_the_absent_person(
    people: dict[str, Employee], browser_of: BrowserOf, today: date
) -> None:
    csm, key = people[Role.CSM], people[Role.BDM_KEY]
    make.task("Позвонить", csm, due_on=TODAY - timedelta(days=1))
    make.task("Своя", key, due_on=TODAY)
    assert figures.of_day(key, TODAY) == {"overdue": 0, "today": 1}

    Absence.objects.create(employee=csm, substitute=key, starts_on=TODAY, ends_on=TODAY + timedelta(days=1))

    tasks = blocks_of(browser_of(Role.BDM_KEY))["tasks"]
    assert [(row.name, row.why) for row in tasks.rows] == [
        ("Позвонить", f"for {csm.short_name}, other"),
        ("Своя", "other"),
    ]
    assert figures.of_day(Employee.objects.get(pk=key.pk), TODAY) == {"overdue": 1, "today": 1}
    behind = browser_of(Role.BDM_KEY).get(tasks.url).context["rows"]
    assert [row.task.title for row in behind] == ["Позвонить", "Своя"]


def test_the_operator_sees_contacts_due_and_clients_soon_zero(
    people: dict[str, Employee], browser_of: BrowserOf, today: date
) -> None:
    operator = people[Role.OPERATOR]
    client = make.client("Операторский", operator, standing={"life_cycle": "active", "contact_due_on": TODAY,
                         "contact_months": 3, "last_purchase_on": TODAY - timedelta(days=170)})  # fmt: skip
    rules = make.rule_set()
    ClientState.objects.create(
        client=client, status="active", since=TODAY, zero_on=TODAY + timedelta(days=5), rule_set=rules
    )
    browser = browser_of(Role.OPERATOR)

    found = blocks_of(browser)

    assert (
        [row.name for row in found["contacts"].rows] == [row.name for row in found["turning"].rows] == ["Операторский"]
    )
    assert "Операторский" in browser.get(reverse("segmentation:contacts-day")).content.decode()
    assert [row.client.name for row in browser.get(found["turning"].url).context["rows"]] == ["Операторский"]


def test_a_manager_sees_the_imports_that_touched_own_clients(
    people: dict[str, Employee], browser_of: BrowserOf, today: date
) -> None:
    csm = people[Role.CSM]
    ours, other, alien = Intake.objects.bulk_create(
        Intake(kind="orders", file_name=name, state=IntakeState.DONE) for name in ("наш.csv", "чужой.csv", "старый.csv")
    )
    Intake.objects.filter(pk__in=[ours.pk, other.pk]).update(created_at=datetime(2026, 7, 14, 12, tzinfo=UTC))
    Intake.objects.filter(pk=alien.pk).update(created_at=datetime(2026, 7, 1, 12, tzinfo=UTC))
    client = make.client("Тронутый", csm)
    make.client("Нетронутый", csm)
    for intake, one in ((ours, client), (other, make.client("Чужой", people[Role.HOS])), (alien, client)):
        make.shipment(one, TODAY, 10)
        Shipment.objects.filter(legal_entity__client=one, intake=None).update(intake=intake)
    browser = browser_of(Role.CSM)

    (row,) = blocks_of(browser)["imports"].rows

    assert (row.name, row.why) == ("наш.csv", "1 client of yours")
    assert [one.client.name for one in browser.get(row.url).context["rows"]] == ["Тронутый"]


def test_rows_of_the_day_are_acted_on_in_place(people: dict[str, Employee], browser_of: BrowserOf, today: date) -> None:
    csm, recovery = people[Role.CSM], people[Role.BDM_RECOVERY]
    top = make.client("Без решателя", csm, standing={"top": True, "completeness": 10})
    make.contact(top, "Иванова", birthday=date(1980, 7, 17))
    waiting = case(make.client("Ждёт", csm), CaseState.PROPOSED, csm, recovery)
    make.client("Ждёт второй", csm, standing={"life_cycle": "new", "purchases": 1})
    make.client("Купил дважды", csm, standing={"life_cycle": "new", "purchases": 2})
    browser = browser_of(Role.CSM)

    mine, heads = blocks_of(browser), blocks_of(browser_of(Role.HOS))

    for name in ("deciders", "birthdays", "gaps"):
        assert [act.is_log for act in mine[name].rows[0].acts] == [True, False, False], name
    approve = f"{reverse('segmentation:zero-approve')}?ids={waiting.pk}"
    assert approve in [act.url for act in heads["proposals"].rows[0].acts]
    assert browser_of(Role.HOS).get(approve).status_code == 200
    assert [row.client.name for row in browser.get(mine["second"].url).context["rows"]] == ["Ждёт второй"]
    assert heads["second"].url.endswith("?state=new&purchases=1..1")

"""Filters of the lists by what the client is, who takes part, what is planned with it (R10, R12, R16, R43, R74)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from django.test import Client as Browser
from django.urls import reverse

from clients.filters import CLIENTS
from clients.models import (
    Client,
    ExternalCode,
    LegacyType,
    LegalEntity,
    LossReason,
    Need,
    Objection,
    Ownership,
    Participant,
    Segment,
    Shipment,
    Sphere,
    Standing,
    TypicalObjection,
)
from deals.filters import TASKS
from deals.models import Task
from salescrm.base.models import Intake, IntakeState
from segmentation.models import LossAnswer
from segmentation.priorities.models import FocusClient, FocusList, StrategicClient
from segmentation.priorities.scoring import period_of
from staff.access import Role
from staff.models import Department, Employee
from tests import make
from tests.clients.types import choose, make_types
from tests.conftest import TODAY
from tests.segmentation import world

pytestmark = pytest.mark.django_db
BrowserOf = Callable[[str], Browser]
People = dict[str, Employee]
Change = Callable[[Client, People], object]


def takes_part(client: Client, people: People) -> None:
    Participant.objects.create(client=client, employee=people[Role.MARKETER], starts_on=TODAY)


def took_part(client: Client, people: People) -> None:
    over = {"starts_on": TODAY - timedelta(days=9), "ends_on": TODAY}
    Participant.objects.create(client=client, employee=people[Role.MARKETER], **over)


def two_entities(client: Client, people: People) -> None:
    LegalEntity.objects.create(client=client, name="second")


def no_entity(client: Client, people: People) -> None:
    ExternalCode.objects.filter(legal_entity__client=client).delete()
    client.legal_entities.all().delete()


def objected(day: date) -> Change:
    def note(client: Client, people: People) -> None:
        known, _made = TypicalObjection.objects.get_or_create(pk=7, defaults={"text": "Дорого", "answer": "Нет"})
        said = {"text": "Дорого", "known": known, "noted_on": day}
        Objection.objects.create(contact=make.contact(client, "Анна"), **said)

    return note


def need(state: str) -> Change:
    def note(client: Client, people: People) -> None:
        Need.objects.create(contact=make.contact(client, "Анна"), text="Кружки", noted_on=TODAY, state=state)

    return note


def becomes(**fields: Any) -> Change:
    def change(client: Client, people: People) -> None:
        Client.objects.filter(pk=client.pk).update(**fields)

    return change


def on_list(year: int, *, is_left: bool = False) -> Change:
    def enter(client: Client, people: People) -> None:
        hos = people[Role.HOS]
        left = {"left_on": TODAY, "left_by": hos, "left_reason": "ушёл"} if is_left else {}
        StrategicClient.objects.create(
            client=client, year=year, entered_on=TODAY, entered_by=hos, reason="так решили", **left
        )

    return enter


def in_focus(day: date, **fields: Any) -> Change:
    def put(client: Client, people: People) -> None:
        start, end = period_of(day)
        of, _made = FocusList.objects.get_or_create(owner=people[Role.CSM], starts_on=start, ends_on=end)
        FocusClient.objects.create(focus_list=of, client=client, added_by=people[Role.CSM], **fields)

    return put


def programme(state: str) -> Change:
    def begin(client: Client, people: People) -> None:
        make.programme(client, people[Role.CSM], state=state)

    return begin


def bought(times: int) -> Change:
    return standing(purchases=times)


def nothing(client: Client, people: People) -> None:
    """The other client is as it was made."""


def standing(**fields: Any) -> Change:
    def change(client: Client, people: People) -> None:
        Standing.objects.filter(client=client).update(**fields)

    return change


def of_head(client: Client, people: People) -> None:
    Ownership.objects.filter(client=client).update(owner=people[Role.HOS])


def of_a_department(client: Client, people: People) -> None:
    of_head(client, people)
    Employee.objects.filter(role=Role.HOS).update(department=Department.objects.create(pk=7, code="b2b", name="b2b"))


def typed(code: str) -> Change:
    return lambda client, people: choose(client, people[Role.CSM], Segment.objects.get(code=code))


def with_type(code: str) -> Change:
    def change(client: Client, people: People) -> None:
        Client.objects.filter(pk=client.pk).update(segment=Segment.objects.get(code=code))

    return change


def old_type(client: Client, people: People) -> None:
    Client.objects.filter(pk=client.pk).update(legacy_type=LegacyType.objects.earliest("number"))


def in_moscow(client: Client, people: People) -> None:
    Client.objects.filter(pk=client.pk).update(branch=make.branch("msk"))


def with_person(role: str) -> Change:
    return lambda client, people: make.contact(client, "Анна", role=role)


def imported(name: str) -> Change:
    def ship(client: Client, people: People) -> None:
        brought = Intake.objects.create(kind="orders", file_name=name, state=IntakeState.DONE)
        Shipment.objects.filter(pk=make.shipment(client, TODAY, 10).pk).update(intake=brought)

    return ship


def turning(day: date) -> Change:
    def change(client: Client, people: People) -> None:
        made = world.silent(client, days=100, life="active")
        made.zero_on = day
        made.save()

    return change


def lost_to(code: str) -> Change:
    def answer(client: Client, people: People) -> None:
        standing(life_cycle="zero", last_purchase_on=LONG_AGO)(client, people)
        reason = LossReason.objects.get_or_create(code=code, defaults={"name": code})[0]
        given = {"silent_since": LONG_AGO, "reason": reason, "author": people[Role.CSM], "day": TODAY}
        LossAnswer.objects.create(client=client, **given)

    return answer


def classed(cell: str, since: date = world.EARLIER, until: date | None = None) -> Change:
    return lambda client, people: world.classed(client, cell, 100, since=since, until=until)


def became_b(client: Client, people: People) -> None:
    world.classed(client, "AX", 100, since=world.EARLIER, until=MID)
    world.classed(client, "BX", 100, since=MID)


def member(entered: date, left: date | None = None) -> Change:
    return lambda client, people: world.member(client, entered, left)


def night_moved(reason: str) -> Change:
    def move(client: Client, people: People) -> None:
        Ownership.objects.filter(client=client).update(night=MID, reason=reason)

    return move


def handed(day: date) -> Change:
    def hand(client: Client, people: People) -> None:
        world.case(client, "handed_over", people[Role.CSM], people[Role.BDM_RECOVERY], handed_on=day)

    return hand


LONG_AGO, MID, LATER = date(2026, 1, 10), date(2026, 7, 2), date(2026, 7, 9)
CASES = [
    ("owner={csm}", nothing, of_head),
    ("department=7", of_a_department, nothing),
    ("work=me", of_head, nothing),
    ("participant={marketer}", takes_part, took_part),
    ("abc=A", standing(abc="A"), standing(abc="B")),
    ("abc=none", nothing, standing(abc="C")),
    ("xyz=X", standing(xyz="X"), standing(xyz="Y")),
    ("top=yes", standing(top=True), nothing),
    ("state=zero", standing(life_cycle="zero"), standing(life_cycle="lost")),
    ("bought=-1m..", standing(last_purchase_on=date(2026, 6, 16)), standing(last_purchase_on=date(2026, 6, 15))),
    ("handover=..%2B5d", standing(hand_over_on=date(2026, 7, 21)), standing(hand_over_on=date(2026, 7, 22))),
    ("turnover=100..", standing(turnover=100), standing(turnover=99)),
    ("purchases=1..1", bought(1), bought(2)),
    ("branch={msk}", in_moscow, nothing),
    ("sphere={advertising}", with_type("production"), with_type("shop")),
    ("segment={agency}", with_type("agency"), with_type("production")),
    ("segment=none", nothing, with_type("agency")),
    ("group=1.1", with_type("agency"), with_type("shop")),
    ("regrouped=yes", typed("agency"), with_type("agency")),
    ("legacy={legacy}", old_type, nothing),
    ("potential=C", becomes(legacy_potential="C"), becomes(legacy_potential="B")),
    ("potential=none", nothing, becomes(legacy_potential="A")),
    ("entities=several", two_entities, nothing),
    ("entities=one", nothing, two_entities),
    ("entities=none", no_entity, nothing),
    ("channel=internet_shop", becomes(channel="internet_shop"), nothing),
    ("buyer=retail", becomes(buyer_kind="retail"), becomes(buyer_kind="wholesale")),
    ("buyer=none", nothing, becomes(buyer_kind="wholesale")),
    ("city=Тула", becomes(city="Тула"), becomes(city="Тверь")),
    ("region=Тульская", becomes(region="Тульская"), nothing),
    ("contacts=decider", with_person("decides"), with_person("")),
    ("contacts=none", nothing, with_person("")),
    ("objected=7", objected(TODAY), objected(TODAY - timedelta(days=366))),
    ("needs=yes", need("open"), need("closed")),
    ("needs=no", need("offered"), need("open")),
    ("complete=complete", standing(completeness=100), standing(completeness=1)),
    ("completeness=50..", standing(completeness=50), standing(completeness=49)),
    ("correctness=..50", standing(correctness=50), standing(correctness=51)),
    ("created=-1m..", becomes(created_on=date(2026, 6, 16)), becomes(created_on=date(2026, 6, 15))),
    ("imported={imported}", imported("его.csv"), imported("чужой.csv")),
    ("ids={found}", nothing, nothing),
    ("contact_due=..-1d", standing(contact_due_on=date(2026, 7, 15)), standing(contact_due_on=TODAY)),
    ("last_contact=-1m..", standing(last_contact_on=date(2026, 6, 16)), standing(last_contact_on=date(2026, 6, 15))),
    ("next_task=none", nothing, standing(next_task_on=TODAY)),
    ("turns_zero=%2B1d..%2B14d", turning(date(2026, 7, 30)), turning(date(2026, 7, 31))),
    ("silence=lost", standing(life_cycle="lost"), standing(life_cycle="zero")),
    ("loss_reason=price", lost_to("price"), lost_to("closed")),
    ("loss_reason=none", standing(life_cycle="zero", last_purchase_on=LONG_AGO), lost_to("closed")),
    ("strategic=yes", on_list(2026), on_list(2025)),
    ("strategic=no", on_list(2026, is_left=True), on_list(2026)),
    ("strategic=2025", on_list(2025), on_list(2026)),
    ("focus=yes", in_focus(TODAY), in_focus(TODAY - timedelta(days=14))),
    ("focus=no", nothing, in_focus(TODAY)),
    ("programme=yes", programme("running"), programme("proposed")),
    ("programme=no", programme("proposed"), programme("running")),
    ("cell=2026-07-02:AX", classed("AX"), classed("AX", until=MID)),
    ("moved=2026-07-01:A:2026-07-09:B:abc", became_b, classed("BX")),
    ("top_on=2026-07-02", member(MID), member(LATER)),
    ("top_entered=2026-07-01:2026-07-02", member(MID), member(LATER)),
    ("top_left=2026-07-01:2026-07-02", member(world.EARLIER, MID), member(world.EARLIER, LATER)),
    ("night=2026-07-02:handed_over", night_moved("zero"), night_moved("return")),
    ("recovery=2026-07-02:2026-07-03:*:received", handed(MID), handed(LATER)),
]


def values(people: People) -> dict[str, Any]:
    """What addresses of the cases name by number."""
    found = Client.objects.get(name="Найден")
    brought = Intake.objects.filter(file_name="его.csv").first()
    by_code = dict(Segment.objects.values_list("code", "pk")) | dict(Sphere.objects.values_list("code", "pk"))
    return by_code | {
        "csm": people[Role.CSM].pk,
        "marketer": people[Role.MARKETER].pk,
        "msk": make.branch("msk").pk,
        "legacy": LegacyType.objects.earliest("number").pk,
        "imported": brought.pk if brought else "",
        "found": found.pk,
    }


def keys(queries: Iterable[str]) -> set[str]:
    return {query.partition("=")[0] for query in queries}


def test_every_filter_of_the_list_of_clients_has_a_case() -> None:
    assert {one.key for one in CLIENTS.filters()} - keys(case[0] for case in CASES) == set()


@pytest.mark.parametrize(("query", "of_found", "of_other"), CASES, ids=[case[0] for case in CASES])
def test_the_list_keeps_those_and_only_those(
    people: People, browser_of: BrowserOf, today: date, query: str, of_found: Any, of_other: Any
) -> None:
    make_types()
    make.rule_set()
    for name, change in (("Найден", of_found), ("Другой", of_other)):
        change(make.client(name, people[Role.CSM]), people)
    where = "?" + query.format(**values(people))
    browser = browser_of(Role.HOS)

    answer = browser.get(reverse("clients:client-list") + where)

    assert [row.client.name for row in answer.context["rows"]] == ["Найден"]
    assert len(answer.context["chips"]) == 1
    totals = browser.get(reverse("clients:client-totals") + where)
    assert totals.context["totals"]["clients"] == 1
    assert browser.get(reverse("clients:client-filters") + where).status_code == 200


def test_totals_see_a_need_that_was_met(people: People, browser_of: BrowserOf, today: date) -> None:
    need("open")(make.client("Нужно", people[Role.CSM]), people)
    browser, where = browser_of(Role.HOS), reverse("clients:client-totals") + "?needs=yes"
    assert browser.get(where).context["totals"]["clients"] == 1
    with transaction.atomic():  # another writer
        Need.objects.update(state="closed")
    assert browser.get(where).context["totals"]["clients"] == 0


def at(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)


def closed(day: date) -> dict[str, Any]:
    return {"state": "done", "closed_at": at(day)}


MINE, THEIRS = {"whose": Role.CSM}, {"whose": Role.MARKETER}
TASK_CASES: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("assignee={csm}", MINE, THEIRS),
    ("due=..%2B0d", {"due_on": TODAY}, {"due_on": TODAY + timedelta(days=1)}),
    ("kind=call", {"kind": "call"}, {"kind": "letter"}),
    ("state=done", closed(TODAY), {}),
    ("priority=3", {"priority": 3}, {"priority": 2}),
    ("client={client}", {"of": "Найден"}, {"of": "Другой"}),
    ("branch={msk}", {"of": "Московский"}, {"of": "Найден", "whose": "moscow"}),
    ("branch={msk}", {"whose": "moscow"}, {}),
    ("author={csm}", MINE, THEIRS),
    ("closed=2026-07-16..2026-07-16", closed(TODAY), closed(TODAY - timedelta(days=1))),
    ("created=2026-07-16..2026-07-16", {"created_at": at(TODAY)}, {"created_at": at(TODAY - timedelta(days=1))}),
    ("ids={found}", {}, {}),
]


def test_every_filter_of_the_list_of_tasks_has_a_case() -> None:
    assert {one.key for one in TASKS.filters()} - keys(case[0] for case in TASK_CASES) == set()


@pytest.mark.parametrize(("query", "of_found", "of_other"), TASK_CASES)
def test_the_list_of_tasks_keeps_those_and_only_those(
    people: People, browser_of: BrowserOf, today: date, query: str, of_found: Any, of_other: Any
) -> None:
    csm, msk = people[Role.CSM], make.branch("msk")
    doers = people | {"moscow": make.employee("moscow", branch=msk)}
    clients = {name: make.client(name, csm) for name in ("Найден", "Другой")}
    clients["Московский"] = make.client("Московский", doers["moscow"])
    for title, given in (("найдена", of_found), ("другая", of_other)):
        fields = {"due_on": TODAY, "client": clients.get(given.get("of", ""))} | given
        whose, created = doers[fields.pop("whose", Role.CSM)], fields.pop("created_at", at(TODAY))
        fields.pop("of", None)
        fields |= {"closed_by": csm} if "closed_at" in fields else {}
        made = make.task(title, whose, **fields)
        Task.objects.filter(pk=made.pk).update(created_at=created)
    found = Task.objects.get(title="найдена")
    where = "?" + query.format(csm=csm.pk, msk=msk.pk, client=clients["Найден"].pk, found=found.pk)

    answer = browser_of(Role.HOS).get(reverse("deals:task-list") + where)

    assert [row.task.title for row in answer.context["rows"]] == ["найдена"]
    assert len(answer.context["chips"]) == 1


def test_pages_of_priorities_lead_to_the_list_of_their_clients(
    people: People, browser_of: BrowserOf, today: date
) -> None:
    client = make.client("Важный", people[Role.CSM])
    make.client("Прочий", people[Role.CSM])
    for prepare in (on_list(2026), in_focus(TODAY), programme("running")):
        prepare(client, people)
    browser = browser_of(Role.CSM)
    queries = ("strategic=2026", f"focus={FocusList.objects.get().pk}", "programme=yes")
    for name, query in zip(("priorities", "focus", "programmes"), queries, strict=True):
        url = f"{reverse('clients:client-list')}?{query}"
        assert url in browser.get(reverse(f"segmentation:{name}")).content.decode(), name
        assert [row.client.name for row in browser.get(url).context["rows"]] == ["Важный"]

"""Joining two clients and a legal entity, and undoing it: nothing is lost, everything is where it was (R2, R7)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, models, transaction
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pghistory.models import Event

from clients.duplicates import comparing, joining, parts
from clients.models import (
    Answer,
    Client,
    ClientCriterion,
    ClientDocument,
    Communication,
    Contact,
    ContactPoint,
    DuplicatePair,
    Joining,
    LegacyType,
    LegalEntity,
    Need,
    Ownership,
    Participant,
    Shipment,
    Standing,
    SupplierCriterion,
    TouchedMonth,
)
from deals.models import Task
from salescrm.base import clock
from salescrm.base.jobs import Refused
from segmentation.models import ClientState, RuleSet, ZeroCase
from staff.access import Role
from staff.models import Employee
from tests import make
from tests.clients import types
from tests.conftest import TODAY
from tests.night import scene

pytestmark = pytest.mark.django_db

BrowserOf = Callable[[str], Browser]
People = dict[str, Employee]


# --- every table is declared ------------------------------------------------------------------------------------------


def is_history(model: type[models.Model]) -> bool:
    """Say whether a table is the field history of another one: it stays as it was written."""
    return issubclass(model, Event)


def keys_to(*targets: type[models.Model]) -> Iterator[str]:
    """Name every foreign key to one of the tables."""
    for model in apps.get_models(include_auto_created=True):
        if is_history(model) or not model._meta.managed:
            continue
        for field in model._meta.concrete_fields:
            if field.related_model in targets:
                yield f"{model._meta.label}.{field.name}"


def test_every_key_to_a_client_an_entity_or_a_contact_is_declared() -> None:
    declared = [part.field for part in parts.declared()]
    assert sorted(declared) == sorted(keys_to(Client, LegalEntity, Contact))


@pytest.mark.parametrize("part", parts.declared(), ids=lambda part: part.field)
def test_a_declaration_names_what_there_is(part: parts.Part) -> None:
    columns = {field.name for field in part.model._meta.concrete_fields}
    assert part.column in columns
    named: set[str] = set()
    if isinstance(part, parts.Moves):
        named = {*part.same, *filter(None, (part.handed, part.placed))}
    if isinstance(part, parts.Keeps):
        named = set(part.columns)
    assert named <= columns
    if isinstance(part, parts.Follows):
        assert part.by in {one.field for one in parts.declared() if isinstance(one, parts.Moves)}
    if isinstance(part, parts.Stays):
        assert part.why


# --- joining and undoing ----------------------------------------------------------------------------------------------

MARKS = {"separated_on"}
NOT_COMPARED = {"clients.Joining", "clients.DuplicateKey", "clients.DuplicatePair", "clients.TouchedMonth",
                "clients.Untallied", "clients.CompletenessWrite", "pghistory.Context"}  # fmt: skip


def dump() -> dict[str, list[dict[str, Any]]]:
    """Return every row of every table, the field histories and what joinings say of themselves apart."""
    found = {}
    for model in apps.get_models(include_auto_created=True):
        if is_history(model) or not model._meta.managed or model._meta.label in NOT_COMPARED:
            continue
        names = [field.attname for field in model._meta.concrete_fields if field.name not in MARKS]
        found[model._meta.label] = list(model._default_manager.order_by("pk").values(*names))
    return found


def history() -> dict[str, set[int]]:
    """Return the rows of the field histories."""
    return {
        model._meta.label: set(model._default_manager.values_list("pk", flat=True))
        for model in apps.get_models()
        if is_history(model)
    }


@pytest.fixture
def two(people: People, today: date) -> tuple[Client, Client]:
    """Make the client that bought last, and an earlier one with something in every table that moves."""
    kept = make.client("Принт-Хаус", people[Role.CSM], inn="7707083893", city="Тверь")
    joined = make.client("ООО Принт Хаус", people[Role.BDM_KEY], inn="7736050003", region="Тверская область")
    make.shipment(kept, date(2026, 7, 1), 100)
    make.shipment(joined, date(2026, 3, 2), 300, number="J1")
    make.shipment(joined, date(2026, 5, 3), -50, number="J2")
    make.document(joined, people[Role.BDM_KEY])
    TouchedMonth.objects.all().delete()
    _people_of(kept, joined, people)
    _work_on(kept, joined, people)
    settle(kept, joined)
    return kept, joined


def settle(*clients: Client) -> None:
    """Reckon what is reckoned at once, as whoever wrote the rows would have."""
    for one in parts.settling():
        one([client.pk for client in clients], TODAY)


def _people_of(kept: Client, joined: Client, people: People) -> None:
    make.point(kept, "+78125550012")
    anna = make.contact(joined, "Волкова Анна")
    make.point(joined, "+78125550012", contact=anna)
    make.point(joined, "anna@print.ru", "email", contact=anna)
    make.point(joined, "print.ru", "site")
    Need.objects.create(contact=anna, text="Футболки", noted_on=TODAY)
    make.said(joined, people[Role.BDM_KEY], date(2026, 7, 2), contact=anna)
    price, term = (SupplierCriterion.objects.create(code=f"t-{code}", name=code) for code in ("price", "term"))
    ClientCriterion.objects.create(client=kept, criterion=price, place=1)
    for place, one in enumerate((term, price), start=1):
        ClientCriterion.objects.create(client=joined, criterion=one, place=place)


def _work_on(kept: Client, joined: Client, people: People) -> None:
    key = people[Role.BDM_KEY]
    make.task("Позвонить", key, client=joined, due_on=TODAY)
    make.task("Проверить", people[Role.CSH], client=joined, due_on=TODAY)
    for client in (kept, joined):
        rule = {"origin": "norm", "origin_as_of": TODAY}
        make.task("Норма", key, client=client, due_on=TODAY, **rule)
    made = types.make_types()
    types.choose(joined, key, made.segments["shop"])
    Answer.objects.create(client=joined, question=made.questions["common"], value="перепродажа", author=key, day=TODAY)
    for client in (kept, joined):
        Participant.objects.create(client=client, employee=people[Role.OPERATOR], starts_on=TODAY)
    Participant.objects.create(client=joined, employee=people[Role.CSM], starts_on=TODAY)
    rules = make.rule_set()
    ZeroCase.objects.create(
        client=joined, rule="other", state="handed_over", silent_since=date(2026, 3, 2), due_on=TODAY,
        from_owner=people[Role.CSM], to_owner=key, handed_on=TODAY, opened_on=TODAY, night=TODAY, rule_set=rules,
    )  # fmt: skip


def join(kept: Client, joined: Client, person: Employee, **taken: bool) -> Joining:
    """Join two clients today."""
    return joining.join(
        kept=kept.pk, joined=joined.pk, taken=taken, submission=uuid4(), acting_user=person, today=TODAY,
        now=clock.now(),
    )  # fmt: skip


def undo(made: Joining, person: Employee) -> None:
    """Undo a joining today."""
    joining.undo(joining=made, acting_user=person, today=TODAY)


def test_everything_follows(two: tuple[Client, Client], people: People) -> None:
    kept, joined = two
    join(kept, joined, people[Role.HOS], region=True)
    kept.refresh_from_db()
    joined.refresh_from_db()
    assert (joined.merged_into, kept.region, kept.city) == (kept, "Тверская область", "Тверь")
    assert Shipment.objects.of_client(kept).count() == 3
    assert not Contact.objects.filter(client=joined).exists()
    assert not Communication.objects.filter(client=joined).exists()
    assert not Answer.objects.filter(client=joined).exists()
    assert ClientDocument.objects.get().client == kept
    points = ContactPoint.objects.filter(client=kept).order_by("value_key").values_list("value_key", flat=True)
    assert list(points) == ["+78125550012", "anna@print.ru", "print.ru"]
    criteria = ClientCriterion.objects.filter(client=kept).values_list("criterion__name", "place")
    assert list(criteria) == [("price", 1), ("term", 2)]
    taking_part = Participant.objects.filter(client=kept).values_list("employee__username", flat=True)
    assert set(taking_part) == {Role.OPERATOR, Role.CSM}


NORM = {"origin": "contact_norm", "kind": "call"}


@pytest.mark.parametrize(
    ("kept_task", "joined_task", "to_do"),
    [
        (NORM, NORM, ["kept's"]),
        (NORM, NORM | {"origin_as_of": date(2026, 6, 1)}, ["kept's"]),
        (NORM, NORM | {"kind": "meeting", "origin_as_of": date(2026, 6, 1)}, ["joined's", "kept's"]),
        (NORM, NORM | {"origin": "another", "origin_as_of": TODAY}, ["joined's", "kept's"]),
        (NORM | {"state": "done"}, NORM | {"origin_as_of": date(2026, 6, 1)}, ["joined's"]),
        ({"kind": "call"}, {"kind": "call"}, ["joined's", "kept's"]),
    ],
    ids=["same term", "another term", "another kind", "another rule", "done already", "of people"],
)
def test_what_a_rule_asks_of_both_is_done_once(
    kept_task: dict[str, Any], joined_task: dict[str, Any], to_do: list[str], people: People, today: date
) -> None:
    kept, joined, key = make.client("a", people[Role.CSM]), make.client("b", people[Role.BDM_KEY]), people[Role.BDM_KEY]
    for title, client, given in (("kept's", kept, kept_task), ("joined's", joined, joined_task)):
        fields = {"origin_as_of": TODAY} | given if "origin" in given else given
        if "state" in fields:
            fields = fields | {"closed_at": clock.now(), "closed_by": key}
        make.task(title, key, client=client, due_on=TODAY, **fields)
    settle(kept, joined)
    before = dump()
    page_says = comparing.handed(comparing.way(kept, joined))
    made = join(kept, joined, people[Role.HOS])
    still_open = Task.objects.filter(state="open").order_by("title")
    assert list(still_open.values_list("title", "client")) == [(title, kept.pk) for title in to_do]
    assert page_says == ("joined's" in to_do)
    for task in Task.objects.filter(title="joined's").exclude(state="open"):
        assert (task.state, task.closed_by, bool(task.result)) == ("cancelled", people[Role.HOS], True)
    undo(made, people[Role.HOS])
    assert {name: rows for name, rows in dump().items() if rows != before[name]} == {}


@pytest.mark.parametrize(
    ("kept_days", "joined_days", "moves"),
    [
        ((date(2026, 1, 1), None), (date(2026, 3, 1), None), False),
        ((date(2026, 1, 1), date(2026, 3, 1)), (date(2026, 3, 1), None), True),
        ((date(2026, 1, 1), date(2026, 3, 2)), (date(2026, 3, 1), None), False),
        ((date(2026, 3, 1), None), (date(2026, 1, 1), date(2026, 3, 1)), True),
        ((date(2026, 3, 1), None), (date(2026, 1, 1), date(2026, 3, 2)), False),
    ],
)
def test_a_participant_of_both_at_the_same_time_stays_behind(
    kept_days: tuple[date, date | None],
    joined_days: tuple[date, date | None],
    moves: bool,
    people: People,
    today: date,
) -> None:
    kept, joined = make.client("one", people[Role.CSM]), make.client("two", people[Role.CSM])
    for client, (starts_on, ends_on) in ((kept, kept_days), (joined, joined_days)):
        Participant.objects.create(client=client, employee=people[Role.OPERATOR], starts_on=starts_on, ends_on=ends_on)
    join(kept, joined, people[Role.HOS])
    assert Participant.objects.filter(client=kept).count() == 1 + moves


def test_the_kept_clients_owners_stay_and_its_owner_gets_the_tasks(two: tuple[Client, Client], people: People) -> None:
    kept, joined = two
    lines = list(Ownership.objects.order_by("pk").values())
    join(kept, joined, people[Role.HOS])
    assert list(Ownership.objects.order_by("pk").values()) == lines
    tasks = Task.objects.filter(client=kept).exclude(title="Норма").order_by("title")
    assert list(tasks.values_list("title", "assignee__username")) == [
        ("Позвонить", Role.CSM),
        ("Проверить", Role.CSH),
    ]
    assert Task.objects.get(client=joined).title == "Норма"


def test_nearest_task_last_contact_and_completeness_are_reckoned_at_once(
    two: tuple[Client, Client], people: People
) -> None:
    kept, joined = two
    Task.objects.filter(client=kept).delete()
    Standing.objects.filter(client=kept).update(next_task_on=None)
    before = {one.client_id: one for one in Standing.objects.all()}
    made = join(kept, joined, people[Role.HOS])
    after = {one.client_id: one for one in Standing.objects.all()}
    known_before = {pk: one.completeness or 0 for pk, one in before.items()}
    known_after = {pk: one.completeness or 0 for pk, one in after.items()}
    assert known_after[kept.pk] > known_before[kept.pk]
    assert known_after[joined.pk] < known_before[joined.pk]
    assert (after[kept.pk].last_contact_on, after[joined.pk].last_contact_on) == (date(2026, 7, 2), None)
    assert (after[kept.pk].next_task_on, before[kept.pk].next_task_on) == (TODAY, None)
    undo(made, people[Role.HOS])
    again = {one.client_id: one for one in Standing.objects.all()}
    for pk in (kept.pk, joined.pk):
        assert again[pk].completeness == before[pk].completeness
        assert again[pk].last_contact_on == before[pk].last_contact_on


def test_the_next_night_is_told_of_the_moved_months(two: tuple[Client, Client], people: People) -> None:
    kept, joined = two
    moved = joined.legal_entities.get()
    join(kept, joined, people[Role.HOS])
    touched = set(TouchedMonth.objects.filter(legal_entity=moved).values_list("month", flat=True))
    assert touched == {date(2026, 3, 1), date(2026, 5, 1), date(2026, 7, 1)}


def test_undo_puts_every_row_back_and_the_history_stays(two: tuple[Client, Client], people: People) -> None:
    before, past = dump(), history()
    made = join(*two, people[Role.HOS], name=True, region=True, city=True)
    assert dump() != before
    undo(made, people[Role.HOS])
    after, later = dump(), history()
    assert {name: rows for name, rows in after.items() if rows != before[name]} == {}
    assert [name for name, rows in past.items() if not rows <= later[name]] == []
    made.refresh_from_db()
    assert (made.undone_on, made.undone_by) == (TODAY, people[Role.HOS])
    assert set(Client.objects.values_list("separated_on", flat=True)) == {TODAY}


def test_a_joining_can_be_undone_and_made_again(two: tuple[Client, Client], people: People) -> None:
    before = dump()
    for _ in range(2):
        undo(join(*two, people[Role.HOS]), people[Role.HOS])
    assert dump() == before


def test_a_case_the_night_ended_as_joined_is_open_again(two: tuple[Client, Client], people: People) -> None:
    kept, joined = two
    made = join(kept, joined, people[Role.HOS])
    ZeroCase.objects.filter(client=joined).update(state="joined", closed_on=TODAY, night=TODAY)
    undo(made, people[Role.HOS])
    case = ZeroCase.objects.get(client=joined)
    assert (case.state, case.closed_on) == ("handed_over", None)


def test_the_pair_is_joined_and_open_again(two: tuple[Client, Client], people: People) -> None:
    kept, joined = two
    first, second = sorted(two, key=lambda one: one.pk)
    pair = DuplicatePair.objects.create(one=first, other=second, likeness=90, reasons_mark=UUID(int=1), found_on=TODAY)
    made = join(kept, joined, people[Role.HOS])
    pair.refresh_from_db()
    assert (pair.state, pair.decided_by, pair.decided_on) == ("joined", people[Role.HOS], TODAY)
    undo(made, people[Role.HOS])
    pair.refresh_from_db()
    assert (pair.state, pair.decided_by) == ("open", None)


Since = Callable[[Client, Client, People], Any]


def _talk(kept: Client, joined: Client, people: People) -> None:
    make.said(kept, people[Role.CSM], TODAY, contact=Contact.objects.get(client=kept))


def _delete_site(kept: Client, joined: Client, people: People) -> None:
    ContactPoint.objects.filter(client=kept, kind="site").delete()


def _note_phone_again(kept: Client, joined: Client, people: People) -> None:
    ContactPoint.objects.filter(client=kept, kind="phone").update(contact=Contact.objects.get(client=kept))


def _rename(kept: Client, joined: Client, people: People) -> None:
    Client.objects.filter(pk=kept.pk).update(region="Псковская область")


def _join_on(kept: Client, joined: Client, people: People) -> None:
    third = make.client("Третий", people[Role.CSM], code="third")
    make.shipment(third, date(2026, 7, 10), 10)
    join(third, kept, people[Role.HOS])


BUILT: list[tuple[Since, str]] = [
    (_talk, "1 communication was written since"),
    (_delete_site, "1 were deleted since"),
    (_note_phone_again, "Noted again since: +78125550012"),
    (_rename, "Changed since: region"),
    (_join_on, "Undo the joining of “Принт-Хаус” into “Третий” first"),
]


@pytest.mark.parametrize(("since", "reason"), BUILT, ids=[one[0].__name__ for one in BUILT])
@pytest.mark.usefixtures("english")
def test_it_says_why_a_joining_cannot_be_undone(
    two: tuple[Client, Client], people: People, since: Since, reason: str
) -> None:
    made = join(*two, people[Role.HOS], region=True)
    assert joining.why_not(made) == []
    since(*two, people)
    assert any(reason in one for one in joining.why_not(made)), joining.why_not(made)
    before = dump()
    with pytest.raises(Refused):
        undo(made, people[Role.HOS])
    assert dump() == before


@pytest.fixture
def english() -> Iterator[None]:
    """Let the program speak English."""
    from django.utils import translation

    with translation.override("en"):
        yield


def test_criteria_written_anew_are_no_obstacle(two: tuple[Client, Client], people: People) -> None:
    kept, joined = two
    made = join(kept, joined, people[Role.HOS])
    ClientCriterion.objects.filter(client=kept).delete()
    undo(made, people[Role.HOS])
    assert list(ClientCriterion.objects.filter(client=joined).values_list("criterion__name", flat=True)) == ["price"]


def test_who_bought_last_is_kept(people: People, today: date) -> None:
    old, new = (make.client(name, people[Role.CSM]) for name in ("Старый", "Новый"))
    assert joining.in_order(new, old) == (old, new)
    make.shipment(new, date(2026, 1, 1), 100)
    assert joining.in_order(old, new) == (new, old)
    make.shipment(old, date(2026, 2, 1), -100)
    assert joining.in_order(old, new) == (new, old)
    make.shipment(old, date(2026, 3, 1), 100)
    assert joining.in_order(new, old) == (old, new)


def test_the_same_form_sent_twice_is_one_joining(two: tuple[Client, Client], people: People) -> None:
    kept, joined = two
    sent: dict[str, Any] = {"kept": kept.pk, "joined": joined.pk, "taken": {}, "submission": uuid4()}
    made = [joining.join(**sent, acting_user=people[Role.HOS], today=TODAY, now=clock.now()) for _ in range(2)]
    assert made[0] == made[1]
    assert Joining.objects.count() == 1


def test_a_client_joined_meanwhile_is_not_joined_again(two: tuple[Client, Client], people: People) -> None:
    kept, joined = two
    join(kept, joined, people[Role.HOS])
    with pytest.raises(Refused):
        join(kept, joined, people[Role.CSH])
    assert Joining.objects.get().made_by == people[Role.HOS]


def test_the_database_refuses_a_second_standing_joining(two: tuple[Client, Client], people: People) -> None:
    kept, joined = two
    fields: dict[str, Any] = {"kept": kept, "joined": joined, "made_on": TODAY, "made_by": people[Role.HOS]}
    Joining.objects.create(submission=uuid4(), **fields)
    with pytest.raises(IntegrityError), transaction.atomic():
        Joining.objects.create(submission=uuid4(), **fields)


def test_the_number_of_statements_does_not_grow_with_the_rows(people: People, today: date) -> None:
    counted = []
    for number in (3, 30):
        kept, joined = (make.client(f"{name} {number}", people[Role.CSM]) for name in ("Один", "Два"))
        for at in range(number):
            anna = make.contact(joined, f"Анна {at}")
            make.point(joined, f"+7812{number:03}{at:04}", contact=anna)
            make.said(joined, people[Role.CSM], TODAY, contact=anna)
            make.task(f"Дело {at}", people[Role.CSM], client=joined, due_on=TODAY)
        with CaptureQueriesContext(connection) as queries:
            made = join(kept, joined, people[Role.HOS])
            undo(made, people[Role.HOS])
        counted.append(len(queries))
    assert counted[0] == counted[1]


# --- nights -----------------------------------------------------------------------------------------------------------


def test_nights_see_the_joined_purchases_and_after_separation_each_its_own() -> None:
    owner = scene.department(**scene.OFF)
    one, two = scene.buyer("one", owner, "2025-01-10"), scene.buyer("two", owner, "2025-04-10")
    scene.night("2025-04-11")
    alone = scene.state(two).purchases
    head = Employee.objects.get(username="hos")
    made = joining.join(
        kept=two.pk, joined=one.pk, taken={}, submission=uuid4(), acting_user=head, today=scene.day("2025-04-12"),
        now=clock.now(),
    )  # fmt: skip
    scene.night("2025-04-12")
    assert (alone, scene.state(two).purchases) == (1, 2)
    assert not ClientState.objects.filter(client=one).exists()
    joining.undo(joining=made, acting_user=head, today=scene.day("2025-04-13"))
    scene.night("2025-04-13")
    assert (scene.state(one).purchases, scene.state(two).purchases) == (1, 1)
    assert scene.state(one).last_purchase_on == scene.day("2025-01-10")
    assert RuleSet.objects.get().separation_days == 7


# --- one legal entity -------------------------------------------------------------------------------------------------


@pytest.fixture
def holding(people: People, today: date) -> tuple[LegalEntity, Client, Client]:
    """Make a client with two legal entities, and another client."""
    source = make.client("Холдинг", people[Role.CSM])
    entity = LegalEntity.objects.create(client=source, name="Дочка", name_key="dochka")
    other = make.client("Сам по себе", people[Role.CSM])
    settle(source, other)
    return entity, source, other


def move(entity: LegalEntity, to: Client, person: Employee) -> Joining:
    """Give a legal entity to another client today."""
    return joining.move_entity(entity=entity.pk, to=to.pk, submission=uuid4(), acting_user=person, today=TODAY)


def test_a_legal_entity_goes_to_another_client_and_back(
    holding: tuple[LegalEntity, Client, Client], people: People
) -> None:
    entity, source, to = holding
    before = dump()
    made = move(entity, to, people[Role.HOS])
    entity.refresh_from_db()
    assert (entity.client, made.kind) == (to, "entity")
    undo(made, people[Role.HOS])
    assert dump() == before
    assert source.legal_entities.count() == 2


def test_the_only_legal_entity_does_not_go_alone(holding: tuple[LegalEntity, Client, Client], people: People) -> None:
    entity, source, to = holding
    with pytest.raises(Refused):
        move(to.legal_entities.get(), source, people[Role.HOS])
    with pytest.raises(Refused):
        move(entity, source, people[Role.HOS])
    assert (Joining.objects.count(), to.legal_entities.count(), source.legal_entities.count()) == (0, 1, 2)


# --- screens ----------------------------------------------------------------------------------------------------------


def form_of(browser: Browser, url: str) -> dict[str, Any]:
    """Return the fields of the page as they are filled in, as a browser would send them."""
    form = browser.get(url).context["form"]
    return {name: form[name].value() for name in form.fields}


def page_of(two: tuple[Client, Client]) -> str:
    """Return the address of both clients side by side."""
    return reverse("clients:client-join", args=[one.pk for one in two])


CHOICES = {"name": "kept", "city": "kept", "region": "joined"}


def test_a_head_joins_by_the_choices_made_and_undoes_it(
    browser_of: BrowserOf, two: tuple[Client, Client], people: People
) -> None:
    browser, url = browser_of(Role.HOS), page_of(two)
    page = browser.get(url).content.decode()
    assert "goes into “Принт-Хаус”" in page
    assert "1 open task goes along" in page
    answer = browser.post(url, form_of(browser, url) | CHOICES)
    made = Joining.objects.get()
    assert answer["Location"] == reverse("clients:joining", args=[made.pk])
    assert (made.made_by, made.fields_after["region"]) == (people[Role.HOS], "Тверская область")
    assert "name" not in made.fields_after
    assert "Undo the joining" in browser.get(answer["Location"]).content.decode()
    assert browser.post(reverse("clients:joining-undo", args=[made.pk])).status_code == 302
    made.refresh_from_db()
    assert made.undone_by == people[Role.HOS]
    assert "Undone by" in browser.get(answer["Location"]).content.decode()


def test_a_double_click_leads_to_the_same_joining(browser_of: BrowserOf, two: tuple[Client, Client]) -> None:
    browser, url = browser_of(Role.HOS), page_of(two)
    sent = form_of(browser, url) | CHOICES
    first, second = browser.post(url, sent), browser.post(url, sent)
    assert first["Location"] == second["Location"]
    assert Joining.objects.count() == 1


def test_the_second_of_two_people_is_told(browser_of: BrowserOf, two: tuple[Client, Client]) -> None:
    first, second, url = browser_of(Role.HOS), browser_of(Role.CSH), page_of(two)
    late = form_of(second, url) | CHOICES
    first.post(url, form_of(first, url) | CHOICES)
    answer = second.post(url, late, follow=True)
    assert "already" in answer.content.decode()
    assert Joining.objects.count() == 1


def test_a_field_changed_meanwhile_is_shown_before_joining(browser_of: BrowserOf, two: tuple[Client, Client]) -> None:
    browser, url = browser_of(Role.HOS), page_of(two)
    sent = form_of(browser, url) | CHOICES
    Client.objects.filter(pk=two[0].pk).update(city="Псков")
    answer = browser.post(url, sent)
    assert answer.status_code == 409
    assert "Псков" in answer.content.decode()
    assert not Joining.objects.exists()


def test_bad_choices_change_nothing(browser_of: BrowserOf, two: tuple[Client, Client]) -> None:
    browser, url = browser_of(Role.HOS), page_of(two)
    before = dump()
    browser.post(url, form_of(browser, url) | {"name": "somebody"})
    after = dump()
    assert [name for name in ("clients.Client", "clients.Contact") if before[name] != after[name]] == []
    assert not Joining.objects.exists()


@pytest.mark.parametrize(("role", "status"), [(Role.CSM, 404), (Role.MARKETER, 403), (Role.OPERATOR, 404)])
def test_who_may_not_change_both_joins_nothing(
    browser_of: BrowserOf, two: tuple[Client, Client], role: str, status: int
) -> None:
    Participant.objects.all().delete()
    browser, url = browser_of(role), page_of(two)
    assert browser.get(url).status_code == status
    assert browser.post(url, CHOICES).status_code == status
    assert not Joining.objects.exists()


def test_a_participant_takes_no_clients_from_their_owner_by_joining(
    browser_of: BrowserOf, two: tuple[Client, Client], people: People
) -> None:
    kept, joined = two
    browser = browser_of(Role.CSM)  # owns the one, takes part in the other
    assert browser.get(reverse("clients:client-card", args=[joined.pk])).status_code == 200
    assert browser.get(page_of(two)).status_code == 403
    assert browser.post(page_of(two), CHOICES).status_code == 403
    entity = LegalEntity.objects.create(client=joined, name="Дочка", name_key="dochka")
    url = reverse("clients:entity-move", args=[joined.pk, entity.pk])
    assert browser.post(url, {"client": kept.pk, "submission": str(uuid4())}).status_code == 403
    assert not Joining.objects.exists()
    made = join(kept, joined, people[Role.HOS])
    assert browser.post(reverse("clients:joining-undo", args=[made.pk])).status_code == 403
    assert Joining.objects.get().undone_on is None


def test_a_manager_joins_two_clients_of_the_own(browser_of: BrowserOf, people: People, today: date) -> None:
    two = make.client("Принт", people[Role.CSM]), make.client("Принт Хаус", people[Role.CSM])
    browser, url = browser_of(Role.CSM), page_of(two)
    assert browser.post(url, form_of(browser, url)).status_code == 302
    made = Joining.objects.get()
    assert (made.kept, made.joined, made.made_by) == (*two, people[Role.CSM])


def test_a_legal_entity_goes_to_no_client_the_person_may_not_change(
    browser_of: BrowserOf, holding: tuple[LegalEntity, Client, Client], people: People
) -> None:
    entity, source, _to = holding
    stranger = make.client("Чужой", people[Role.BDM_KEY])
    url = reverse("clients:entity-move", args=[source.pk, entity.pk])
    answer = browser_of(Role.CSM).post(url, {"submission": uuid4(), "client": stranger.pk})
    entity.refresh_from_db()
    assert (answer.status_code, entity.client, Joining.objects.count()) == (404, source, 0)


def test_the_card_of_a_joined_client_leads_to_the_kept_one(
    browser_of: BrowserOf, two: tuple[Client, Client], people: People
) -> None:
    kept, joined = two
    join(kept, joined, people[Role.HOS])
    answer = browser_of(Role.HOS).get(reverse("clients:client-card", args=[joined.pk]))
    assert (answer.status_code, answer["Location"]) == (302, reverse("clients:client-card", args=[kept.pk]))
    assert browser_of(Role.OPERATOR).get(reverse("clients:client-card", args=[joined.pk])).status_code in (302, 404)


def test_a_legal_entity_is_moved_by_the_form(
    browser_of: BrowserOf, holding: tuple[LegalEntity, Client, Client]
) -> None:
    entity, source, to = holding
    browser = browser_of(Role.HOS)
    url = reverse("clients:entity-move", args=[source.pk, entity.pk])
    submission = browser.get(url).context["form"]["submission"].value()
    assert browser.post(url, {"submission": submission}).status_code == 422
    answer = browser.post(url, {"submission": submission, "client": to.pk})
    assert answer["Location"] == reverse("clients:joining", args=[Joining.objects.get().pk])
    entity.refresh_from_db()
    assert entity.client == to


def test_the_pages_ask_the_same_number_of_questions(browser_of: BrowserOf, people: People, today: date) -> None:
    browser, counted = browser_of(Role.HOS), []
    browser.get(reverse("clients:joining-list"))
    for number in (3, 30):
        for at in range(number):
            kept, joined = (make.client(f"{name} {number} {at}", people[Role.CSM]) for name in ("Один", "Два"))
            join(kept, joined, people[Role.HOS])
        with CaptureQueriesContext(connection) as queries:
            browser.get(reverse("clients:joining-list"))
        counted.append(len(queries))
    assert counted[0] == counted[1]


def test_both_clients_side_by_side_cost_no_more_for_more_rows(
    browser_of: BrowserOf, people: People, today: date
) -> None:
    browser, counted = browser_of(Role.HOS), []
    for number in (3, 30):
        pair = [make.client(f"{name} {number}", people[Role.CSM]) for name in ("Один", "Два")]
        for at in range(number):
            for client in pair:
                make.contact(client, f"Анна {at}")
                make.task("Дело", people[Role.CSM], client=client, due_on=TODAY + timedelta(days=at))
        url = reverse("clients:client-join", args=[one.pk for one in pair])
        browser.get(url)
        with CaptureQueriesContext(connection) as queries:
            assert browser.get(url).status_code == 200
        counted.append(len(queries))
    assert counted[0] == counted[1]


def test_the_old_type_is_taken_along_and_given_back(two: tuple[Client, Client], people: People) -> None:
    kept, joined = two
    old = LegacyType.objects.create(code="old", number=99, name="OLD", basis="manual")
    Client.objects.filter(pk=joined.pk).update(legacy_type=old)
    made = join(kept, joined, people[Role.HOS], legacy_type=True)
    kept.refresh_from_db()
    assert kept.legacy_type == old
    undo(made, people[Role.HOS])
    kept.refresh_from_db()
    assert kept.legacy_type is None


def test_the_old_potential_is_taken_along_and_given_back(two: tuple[Client, Client], people: People) -> None:
    kept, joined = two
    Client.objects.filter(pk=joined.pk).update(legacy_potential="B")
    made = join(kept, joined, people[Role.HOS], legacy_potential=True)
    kept.refresh_from_db()
    assert kept.legacy_potential == "B"
    undo(made, people[Role.HOS])
    kept.refresh_from_db()
    assert kept.legacy_potential == ""

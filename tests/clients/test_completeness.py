"""Completeness and correctness: the computation against one of its own, who writes it, its screens (R4, R5)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from random import Random
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clients.completeness import explaining, figures, writing
from clients.contacts import actions as contacts
from clients.models import (
    Answer,
    Client,
    CompletenessPart,
    CompletenessRules,
    CompletenessWrite,
    Contact,
    ContactPoint,
    LegalEntity,
    Parameter,
    Question,
    Standing,
    TypeChoice,
    TypeDecision,
    Verification,
    VerifiedBlock,
)
from clients.typology import actions as typing_acts
from clients.typology import questionnaire
from salescrm.base.models import Job
from salescrm.base.periods import add_months
from staff.access import Role
from staff.models import Employee
from tests import make
from tests.clients import types
from tests.conftest import TODAY

pytestmark = pytest.mark.django_db

Browsers = Callable[[str], Browser]
People = dict[str, Employee]
PAGE = "/clients/completeness/"
NIL = Decimal(0)
OF_COMPANY = {"city": "Псков", "region": "Псковская область", "buyer_kind": "wholesale"}


def standing(client: Client) -> tuple[Decimal | None, Decimal | None]:
    """Return what is stored of the client."""
    found = Standing.objects.get(client=client)
    return found.completeness, found.correctness


def written(client: Client, today: date = TODAY) -> tuple[Decimal | None, Decimal | None]:
    """Write the client and return what is stored."""
    writing.write([client.pk], today=today)
    return standing(client)


def of(share: Fraction | int) -> Decimal:
    """Cut a share of one to per cent with two figures."""
    return Decimal(int(Fraction(share) * 10_000)) / 100


@pytest.fixture
def client(people: People, today: date) -> Client:
    """A client of whom nothing is known: 14 parts are asked, one of them the common question."""
    types.make_types()
    return make.client("Принт-Хаус", people[Role.CSM])


# --- a computation of its own -------------------------------------------------------------------------------------


def in_time(day: date | None, client: Client, rules: CompletenessRules, today: date) -> bool:
    months = rules.top_months if client.standing.top else rules.other_months
    return day is not None and day >= add_months(today, -months)


def said_on(client: Client, block: str) -> date | None:
    return max((one.day for one in Verification.objects.filter(client=client, block=block)), default=None)


def later(*days: date | None) -> date | None:
    return max((day for day in days if day), default=None)


def known_fields(client: Client) -> dict[str, list[tuple[bool, date | None]]]:
    """Say of every part: its fields, whether each is known, and when it was verified; row by row, in plain Python."""
    company, points, asked = (said_on(client, block) for block in ("company", "points", "questionnaire"))
    choices = list(TypeChoice.objects.filter(client=client).order_by("pk"))
    latest = choices[-1] if choices else None
    holds = latest is not None and latest.segment_id == client.segment_id
    returned = holds and TypeDecision.objects.filter(choice=latest, agreed=False).exists()
    typed = None if returned else later(latest.day if latest and holds else None, company)
    found: dict[str, list[tuple[bool, date | None]]] = {
        "inn": [(any(one.inn for one in client.legal_entities.all()), company)],
        "city": [(bool(client.city), company)],
        "region": [(bool(client.region), company)],
        "buyer_kind": [(bool(client.buyer_kind), company)],
        "type": [(client.segment is not None, typed)],
    }
    here = [one for one in client.contacts.all() if one.left_on is None]
    of_people = {
        "contact": [one for one in here if " " in one.name],
        "position": [one for one in here if one.position],
        "decider": [one for one in here if one.role == "decides"],
    }
    for part, people in of_people.items():
        found[part] = [(bool(people), later(*(one.verified_on for one in people)))]
    kinds = {"phone": ["phone"], "email": ["email"], "messenger": ["telegram", "whatsapp", "max"], "social": ["vk"]}
    for part, wanted in kinds.items():
        alive = [
            one
            for one in client.points.all()
            if one.kind in wanted and one.dead_on is None and (one.contact is None or one.contact.left_on is None)
        ]
        days = [points if one.contact is None else one.contact.verified_on for one in alive]
        found[part] = [(bool(alive), later(*days))]
    given = list(Answer.objects.filter(client=client).select_related("question").order_by("pk"))

    def answered(rows: list[Answer]) -> tuple[bool, date | None]:
        newest = {(one.question_id, one.parameter_id): one for one in rows}.values()
        known = [one for one in newest if one.value not in (None, "", [])]
        return (bool(known), later(max(known, key=lambda one: one.pk).day, asked) if known else None)

    questions = [one for one in Question.objects.all() if one.is_active and one.segment_id in (None, client.segment_id)]
    found["questions"] = [
        answered([one for one in given if one.question and one.question.text == question.text])
        for question in questions
    ]
    if client.segment is None:
        found["parameters"] = [(False, None)]
    else:
        asked_of = client.segment.sphere.parameters.filter(is_active=True)
        found["parameters"] = [answered([one for one in given if one.parameter_id == row.pk]) for row in asked_of]
    return found


def computed(client: Client, rules: CompletenessRules, today: date) -> tuple[Decimal, Decimal]:
    """Compute both figures with exact fractions."""
    filled = correct = Fraction(0)
    weights = 0
    for part, fields in known_fields(client).items():
        weight = getattr(rules, f"weight_{part}")
        if not fields or not weight:
            continue
        weights += weight
        filled += Fraction(weight * sum(known for known, _day in fields), len(fields))
        right = sum(known and in_time(day, client, rules, today) for known, day in fields)
        correct += Fraction(weight * right, len(fields))
    return of(filled / weights), of(correct / weights)


def random_day(chance: Random) -> date:
    """Choose a day of the last two years, half of the time one beside a limit."""
    near = add_months(TODAY, -chance.choice([6, 12])) + timedelta(days=chance.randint(-1, 1))
    return near if chance.random() < 0.5 else TODAY - timedelta(days=chance.randint(0, 700))


def random_client(chance: Random, n: int, owner: Employee, made: types.Types) -> Client:
    """Make a client of whom anything may be known, verified on any day, some of them near the limits."""
    client = make.client(
        f"Клиент {n}",
        owner,
        inn=f"{n:010d}" if chance.random() < 0.5 else "",
        city=chance.choice(["", "Псков"]),
        region=chance.choice(["", "Псковская область"]),
        buyer_kind=chance.choice(["", "retail"]),
        segment=chance.choice([None, *made.segments.values()]),
        standing={"top": chance.random() < 0.4},
    )
    if chance.random() < 0.2:
        LegalEntity.objects.create(client=client, name="Вторая", inn=f"{n + 500:010d}")
    for block in VerifiedBlock.values:
        for day in {random_day(chance) for _ in range(chance.randint(0, 2))}:
            Verification.objects.create(client=client, block=block, day=day, author=owner)
    random_people(chance, client, owner)
    random_type(chance, client, owner, made)
    return client


def random_people(chance: Random, client: Client, owner: Employee) -> None:
    for _ in range(chance.randint(0, 3)):
        verified = random_day(chance) if chance.random() < 0.8 else None
        contact = make.contact(
            client,
            chance.choice(["Анна", "Волкова Анна"]),
            position=chance.choice(["", "директор"]),
            role=chance.choice(["", "buys", "decides"]),
            left_on=chance.choice([None, None, None, TODAY]),
            verified_on=verified,
            verified_by=owner if verified else None,
        )
        for _point in range(chance.randint(0, 3)):
            some_point(chance, client, contact)
    for _ in range(chance.randint(0, 2)):
        some_point(chance, client, None)


def random_type(chance: Random, client: Client, owner: Employee, made: types.Types) -> None:
    if client.segment and chance.random() < 0.7:
        chosen = chance.choice([client.segment, *made.segments.values()])
        differs = {"differs": True, "reason": "x"} if chance.random() < 0.5 else {}
        choice = TypeChoice.objects.create(
            client=client, segment=chosen, author=owner, day=random_day(chance), **differs
        )
        if differs:
            said = {"agreed": chance.random() < 0.5, "note": "x", "author": owner, "day": TODAY}
            TypeDecision.objects.create(choice=choice, **said)
    for _ in range(chance.randint(0, 12)):
        kind = chance.choice(["question", "parameter", "sign"])
        subject = chance.choice(list(getattr(made, f"{kind}s").values()))
        value = chance.choice([None, "", [], "да", ["1"], 0])
        Answer.objects.create(client=client, author=owner, value=value, day=random_day(chance), **{kind: subject})


def some_point(chance: Random, client: Client, contact: Contact | None) -> None:
    dead = {"dead_on": TODAY, "dead_reason": "x"} if chance.random() < 0.25 else {}
    kind = chance.choice(["phone", "email", "telegram", "max", "vk", "site"])
    number = ContactPoint.objects.count()
    make.point(client, f"v{number}", kind, contact=contact, **dead)


@pytest.mark.parametrize("seed", range(3))
def test_what_is_stored_is_what_plain_python_computes(people: People, today: date, seed: int) -> None:
    chance, made = Random(seed), types.make_types()
    twin = made.questions["agency"].text
    made.questions["twin"] = Question.objects.create(code="twin", segment=made.segments["shop"], text=twin)
    made.questions["old"] = Question.objects.create(
        code="old", segment=made.segments["shop"], text="?", is_active=False
    )
    clients = [random_client(chance, n, people[Role.CSM], made) for n in range(60)]
    for values in ({}, {f"weight_{part}": chance.randint(0, 3) for part in CompletenessPart.values}, {"top_months": 2}):
        rules = CompletenessRules.objects.create(**{"weight_inn": 1, **values}) if values else CompletenessRules()
        writing.write_all(today=today)
        stored = {one.pk: standing(one) for one in clients}
        assert stored == {one.pk: computed(one, rules, today) for one in clients}
    assert len(set(stored.values())) > 20
    assert writing.write_all(today=today) == 0  # a second run finds nothing to write


def test_the_explanation_adds_up_to_what_is_stored(people: People, today: date) -> None:
    chance, made = Random(9), types.make_types()
    for n in range(20):
        client = random_client(chance, n, people[Role.CSM], made)
        client.refresh_from_db()
        writing.write([client.pk], today=today)
        explained = explaining.explain(people[Role.CSM], Client.objects.get(pk=client.pk), today)
        filled = correct = Fraction(0)
        parts = {one.part for section in explained.sections for one in section.fields}
        for part in parts:
            rows = [one for section in explained.sections for one in section.fields if one.part == part]
            filled += Fraction(sum(one.is_filled for one in rows), len(rows))
            correct += Fraction(sum(one.is_correct for one in rows), len(rows))
        assert standing(client) == (of(filled / len(parts)), of(correct / len(parts)))


# --- rules, cases and edges ---------------------------------------------------------------------------------------


def test_a_client_of_whom_nothing_is_known_has_nothing(client: Client) -> None:
    assert standing(client) == (None, None)
    assert written(client) == (NIL, NIL)


@pytest.mark.parametrize(
    ("top", "months", "days", "counts"),
    [(True, 6, 0, True), (True, 6, -1, False), (False, 12, 0, True), (False, 12, -1, False), (True, 12, 0, False)],
)
def test_a_verification_runs_out_by_the_day(client: Client, top: bool, months: int, days: int, counts: bool) -> None:
    Client.objects.filter(pk=client.pk).update(city="Псков")
    Standing.objects.filter(client=client).update(top=top)
    author = Employee.objects.get(role=Role.CSM)
    day = add_months(TODAY, -months) + timedelta(days=days)
    Verification.objects.create(client=client, block=VerifiedBlock.COMPANY, day=day, author=author)
    one = of(Fraction(1, 14))
    assert written(client) == (one, one if counts else NIL)


def test_a_type_never_makes_a_client_poorer(client: Client, people: People) -> None:
    agency = Question.objects.get(code="agency").segment
    assert agency is not None
    Answer.objects.create(
        client=client, question=Question.objects.get(code="common"), value="да", author=people[Role.CSM], day=TODAY
    )
    before = written(client)
    types.choose(client, people[Role.CSM], agency)
    after = written(client)
    assert (before, after) == ((of(Fraction(1, 14)),) * 2, (of(Fraction(3, 28)),) * 2)


def test_who_left_and_what_is_dead_do_not_count(client: Client, people: People) -> None:
    csm = people[Role.CSM]
    anna = make.contact(client, "Волкова Анна", position="директор", role="decides", verified_on=TODAY)
    phone = make.point(client, "+79215550012", contact=anna)
    assert written(client) == (of(Fraction(4, 14)), of(Fraction(4, 14)))
    contacts.kill(point=phone, reason="нет такого", acting_user=csm, today=TODAY)
    assert standing(client)[0] == of(Fraction(3, 14))
    contacts.revive(point=phone, today=TODAY)
    assert standing(client)[0] == of(Fraction(4, 14))
    contacts.leave(contact=anna, left_on=TODAY, today=TODAY)
    assert standing(client) == (NIL, NIL)


def test_what_is_exactly_enough_passes_and_a_hair_less_does_not(people: People, today: date) -> None:
    edges = {"ровно": Decimal("90.00"), "мало": Decimal("89.99"), "нет": None}
    for name, value in edges.items():
        make.client(name, people[Role.CSM], standing={"top": True, "completeness": value, "correctness": value})
    make.client("другой", people[Role.CSM], standing={"completeness": Decimal(70), "correctness": Decimal("69.99")})
    browser = Browser()
    browser.force_login(people[Role.CSM])

    def found(query: str) -> set[str]:
        return {row.client.name for row in browser.get(f"/clients/?{query}").context["rows"]}

    assert found("complete=complete") == {"ровно", "другой"}
    assert found("complete=incomplete") == {"мало"}
    assert found("complete=correct") == {"ровно"}
    assert found("complete=incorrect") == {"мало", "другой"}
    assert found("complete=none") == {"нет"}
    assert found("completeness=80..89,99") == {"мало"}
    assert found("correctness=..70") == {"другой"}


def test_the_base_refuses_rules_that_make_no_sense(db: Any) -> None:
    nothing = {f"weight_{part}": 0 for part in CompletenessPart.values}
    for values in ({"top_pass": 0}, {"other_pass": 101}, {"top_months": 0}, {"weight_inn": 11}, nothing):
        with pytest.raises(IntegrityError), transaction.atomic():
            CompletenessRules.objects.create(**values)
    assert not CompletenessRules.objects.exists()


# --- who writes ---------------------------------------------------------------------------------------------------


def post(browser: Browser, address: str, /, *args: Any, **data: Any) -> Any:
    return browser.post(reverse(address, args=args), data)


def test_every_act_writes_what_it_changes(client: Client, browser_of: Browsers, people: People) -> None:
    browser, pk = browser_of(Role.CSM), client.pk
    shop = Question.objects.get(code="shop").segment
    assert shop is not None
    seen = browser.get(reverse("clients:client-edit", args=[pk])).context["form"]["seen"].value()
    data = {"name": "Принт-Хаус", "inn": "", "branch": client.branch_id, "channel": "wholesale", **OF_COMPANY}
    assert post(browser, "clients:client-edit", pk, seen=seen, **data).status_code == 302
    assert standing(client) == (of(Fraction(3, 14)),) * 2
    person = {"name": "Белов Олег", "position": "директор", "role": "decides", "p0-kind": "phone"}
    assert post(browser, "clients:contact-new", pk, **person, **{"p0-value": "+7 921 555-00-13"}).status_code == 302
    assert standing(client) == (of(Fraction(7, 14)),) * 2
    seen = browser.get(reverse("clients:company-points", args=[pk])).context["seen"]
    value = {"p0-kind": "email", "p0-value": "info@print.example", "seen": seen}
    assert post(browser, "clients:company-points", pk, **value).status_code == 302
    assert standing(client) == (of(Fraction(8, 14)),) * 2
    asked = questionnaire.of_client(client)
    item = asked.find("question", Question.objects.get(code="common").pk)
    assert item is not None
    csm = people[Role.CSM]
    typing_acts.answer(client=client, item=item, value="для дела", acting_user=csm, today=TODAY)
    assert standing(client) == (of(Fraction(9, 14)),) * 2
    mark = questionnaire.of_client(client).mark
    typing_acts.set_type(client_pk=pk, segment=shop, reason="так", seen=mark, acting_user=csm, today=TODAY)
    assert standing(client) == (of(Fraction(19, 28)),) * 2  # the type, and one of its two questions
    assert Client.objects.get(pk=pk).standing.completeness == computed(client_now(pk), CompletenessRules(), TODAY)[0]


def client_now(pk: int) -> Client:
    return Client.objects.get(pk=pk)


def test_a_new_client_and_many_types_at_once_are_written(people: People, client: Client, browser_of: Browsers) -> None:
    data = {"name": "Новый", "city": "Псков", "branch": client.branch_id, "owner": people[Role.CSM].pk}
    assert post(browser_of(Role.HOS), "clients:client-new", **data).status_code == 302
    assert standing(Client.objects.get(name="Новый")) == (of(Fraction(1, 14)),) * 2
    shop = Question.objects.get(code="shop").segment
    both = Client.objects.filter(name__in=["Новый", "Принт-Хаус"])
    typing_acts.set_types(both, segment=shop, reason="перенос", acting_user=people[Role.HOS], today=TODAY)
    assert standing(client) == (of(Fraction(1, 14)),) * 2


def test_a_returned_type_is_not_correct(people: People, client: Client) -> None:
    shop = Question.objects.get(code="shop").segment
    assert shop is not None
    choice = types.choose(client, people[Role.CSM], shop, differs=True, reason="так")
    assert written(client) == (of(Fraction(1, 14)),) * 2
    typing_acts.decide(choice=choice, agreed=False, note="нет", acting_user=people[Role.HOS], today=TODAY)
    assert standing(client) == (of(Fraction(1, 14)), NIL)


def test_the_daily_job_lets_verifications_run_out(client: Client, people: People) -> None:
    from clients.jobs import write_completeness
    from salescrm.base import jobs

    Client.objects.filter(pk=client.pk).update(city="Псков")
    writing.verify_company(client=client, acting_user=people[Role.CSM], today=TODAY)
    assert standing(client) == (of(Fraction(1, 14)),) * 2
    job = Job.objects.create(kind="completeness")
    after = add_months(TODAY, 12) + timedelta(days=1)
    assert write_completeness(jobs.Progress(job), today=after.isoformat()) == {"changed": 1}
    assert standing(client) == (of(Fraction(1, 14)), NIL)


def test_of_a_client_nothing_is_asked_of_any_more_nothing_is_said(client: Client, people: People) -> None:
    shop = Question.objects.get(code="shop").segment
    Client.objects.filter(pk=client.pk).update(segment=shop, city="Псков")
    untyped = make.client("Без типа", people[Role.CSM])
    assert None not in written(client)
    only = {f"weight_{part}": int(part == "parameters") for part in CompletenessPart.values}
    CompletenessRules.objects.create(**only, author=people[Role.HOS])
    Parameter.objects.update(is_active=False)
    assert (written(client), written(untyped)) == ((None, None), (NIL, NIL))
    assert writing.write([client.pk, untyped.pk], today=TODAY) == 0


def test_what_an_import_brought_is_written_without_the_others(client: Client, people: People) -> None:
    writing.write([client.pk], today=TODAY)
    Client.objects.filter(pk=client.pk).update(city="Псков")
    new = make.client("Новый", people[Role.CSM], city="Псков")
    assert writing.write_all(today=TODAY, only_new=True) == 1
    assert (standing(client), standing(new)) == ((NIL, NIL), (of(Fraction(1, 14)), NIL))


def test_more_than_a_batch_is_written_in_the_background(
    client: Client, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop, two = Question.objects.get(code="shop").segment, make.client("Второй", people[Role.CSM])
    monkeypatch.setattr(writing, "BATCH", 1)
    both = Client.objects.filter(pk__in=[client.pk, two.pk])
    typing_acts.set_types(both, segment=shop, reason="перенос", acting_user=people[Role.HOS], today=TODAY)
    assert (standing(client), Job.objects.get(kind="completeness").created_by) == ((None, None), people[Role.HOS])
    assert writing.write_all(today=TODAY) == 2


def test_a_write_that_changes_nothing_leaves_no_trace(client: Client) -> None:
    writing.write([client.pk], today=TODAY)
    count = CompletenessWrite.objects.count()
    assert (writing.write([client.pk], today=TODAY), CompletenessWrite.objects.count()) == (0, count)


def test_totals_kept_of_a_selection_follow_a_write(client: Client, browser_of: Browsers, people: People) -> None:
    browser = browser_of(Role.HOS)
    writing.write([client.pk], today=TODAY)

    def count() -> int:
        url = f"{reverse('clients:client-totals')}?completeness=5..100"
        return int(browser.get(url).context["totals"]["clients"])

    assert count() == 0
    contact = make.contact(client, "Анна", position="директор")
    point = make.point(client, "+79215550012", contact=contact)
    writing.write([client.pk], today=TODAY)
    assert count() == 1
    ContactPoint.objects.filter(pk=point.pk).delete()  # leaves no event
    Contact.objects.filter(pk=contact.pk).update(position="")
    writing.write([client.pk], today=TODAY)
    assert count() == 0


# --- the card -----------------------------------------------------------------------------------------------------


def test_the_card_says_what_is_missing_and_one_click_verifies(
    client: Client, browser_of: Browsers, people: People
) -> None:
    Client.objects.filter(pk=client.pk).update(**OF_COMPANY)
    writing.write([client.pk], today=TODAY)
    browser = browser_of(Role.CSM)
    text = browser.get(reverse("clients:completeness-panel", args=[client.pk])).content.decode()
    assert "21%" in text
    assert "INN, type, full name of a contact, position of a contact, decision maker" in text
    assert "To be verified:</b> city, region, wholesale or retail" in text
    page = reverse("clients:client-completeness", args=[client.pk])
    assert "known, never verified" in browser.get(page).content.decode()
    url = reverse("clients:completeness-verify", args=[client.pk, "company"])
    part = browser.post(url, headers={"hx-request": "true"})
    assert part.status_code == 200
    assert "completeness-changed" in part.headers["HX-Trigger"]
    assert (
        "verified on 16 July by Csm Testov" in part.content.decode() or "verified on 16 July" in part.content.decode()
    )
    assert standing(client) == (of(Fraction(3, 14)),) * 2
    assert browser.post(url).status_code == 302  # without htmx, and a second time: one verification
    assert Verification.objects.filter(client=client).count() == 1


def test_people_are_verified_together_and_who_was_first_today_stands(
    client: Client, browser_of: Browsers, people: People
) -> None:
    here = make.contact(client, "Волкова Анна", verified_on=TODAY, verified_by=people[Role.HOS])
    stale = make.contact(client, "Белов Олег", verified_on=date(2020, 1, 1), verified_by=people[Role.HOS])
    gone = make.contact(client, "Старый Пётр", left_on=date(2026, 1, 1))
    assert post(browser_of(Role.CSM), "clients:completeness-verify", client.pk, "people").status_code == 302
    found = dict(Contact.objects.values_list("pk", "verified_by"))
    assert found == {here.pk: people[Role.HOS].pk, stale.pk: people[Role.CSM].pk, gone.pk: None}
    assert standing(client) == (of(Fraction(1, 14)),) * 2


@pytest.mark.parametrize(
    ("role", "section", "code"),
    [
        (Role.MARKETER, "company", 403),
        (Role.DIRECTOR, "people", 403),
        (Role.BDM_KEY, "company", 404),
        (Role.CSM, "nothing", 404),
    ],
)
def test_who_may_not_verify_changes_nothing(
    client: Client, browser_of: Browsers, role: str, section: str, code: int
) -> None:
    assert post(browser_of(role), "clients:completeness-verify", client.pk, section).status_code == code
    assert not Verification.objects.exists()
    assert standing(client) == (None, None)


def test_who_only_reads_sees_the_fields_without_buttons(client: Client, browser_of: Browsers) -> None:
    Client.objects.filter(pk=client.pk).update(**OF_COMPANY)
    url = reverse("clients:client-completeness", args=[client.pk])
    assert "Verified today" in browser_of(Role.CSM).get(url).content.decode()
    text = browser_of(Role.MARKETER).get(url).content.decode()
    assert "Verified today" not in text
    assert "Fill in" not in text


# --- summed up ----------------------------------------------------------------------------------------------------


@pytest.fixture
def some(people: People, today: date) -> None:
    """Three of the csm's, one TOP; one archived; one of the head's in Moscow without a figure; one of the bdm's."""
    made, csm = types.make_types(), people[Role.CSM]
    figures_of = {"completeness": Decimal(80), "correctness": Decimal(40)}
    make.client("Топ", csm, segment=made.segments["shop"], standing={"top": True, **figures_of})
    make.client("Обычный", csm, segment=made.segments["shop"], standing=figures_of)
    make.client("Пустой", csm, standing={"completeness": Decimal(0), "correctness": Decimal(0)})
    make.client("Архив", csm, standing={"life_cycle": "archived", **figures_of})
    make.client("Новый", people[Role.HOS], branch=make.branch("msk"))
    full = {"completeness": Decimal(100), "correctness": Decimal(100)}
    make.client("Полный", people[Role.BDM_KEY], standing=full)


def lines(browser: Browser, query: str = "") -> dict[str, tuple[Any, ...]]:
    found = browser.get(f"{PAGE}{query}").context["lines"]
    return {
        one.name: (
            one.clients, one.mean_completeness, one.mean_correctness, one.incomplete, one.top_incomplete, one.incorrect,
        )
        for one in found
    }  # fmt: skip


def test_figures_are_summed_up_by_manager_branch_and_type(some: None, browser_of: Browsers, people: People) -> None:
    browser = browser_of(Role.CSH)
    share = Decimal(160) / 3 / 100
    name = {role: people[role].short_name for role in people}
    csm = (3, share, Decimal(80) / 3 / 100, 2, 1, 3)
    assert lines(browser) == {
        name[Role.CSM]: csm,
        name[Role.BDM_KEY]: (1, 1, 1, 0, 0, 0),
        name[Role.HOS]: (1, None, None, 0, 0, 0),
    }
    assert lines(browser, "?by=branch") == {
        "SPB": (4, Decimal("0.65"), Decimal("0.45"), 2, 1, 3),
        "MSK": (1, None, None, 0, 0, 0),
    }
    assert lines(browser, "?by=type") == {
        "shop": (2, Decimal("0.8"), Decimal("0.4"), 1, 1, 2),
        "no type": (3, Decimal("0.5"), Decimal("0.5"), 1, 0, 1),
    }
    total = browser.get(PAGE).context["total"]
    assert (total.clients, total.mean_completeness, total.incomplete, total.complete) == (5, Decimal("0.65"), 2, 2)


@pytest.mark.parametrize("by", ["manager", "branch", "type"])
def test_every_number_leads_to_its_clients(some: None, browser_of: Browsers, by: str) -> None:
    browser = browser_of(Role.CSH)
    context = browser.get(f"{PAGE}?by={by}").context

    def listed(url: str) -> int:
        return len(browser.get(url).context["rows"])

    for line in [*context["lines"], context["total"]]:
        assert listed(line.clients_url) == line.clients
        assert listed(line.incomplete_url) == line.incomplete
        assert listed(line.incorrect_url) == line.incorrect
        assert listed(line.top_url) == line.top_incomplete


@pytest.mark.parametrize(("role", "clients"), [(Role.CSM, 3), (Role.BDM_KEY, 1), (Role.BRANCH_HEAD, 4), (Role.HOS, 5)])
def test_everybody_sees_the_figures_of_own_rows(some: None, browser_of: Browsers, role: str, clients: int) -> None:
    assert browser_of(role).get(PAGE).context["total"].clients == clients


def test_without_clients_the_page_says_so(people: People, browser_of: Browsers) -> None:
    assert "Nobody here" in browser_of(Role.CSM).get(PAGE).content.decode()


@pytest.mark.parametrize("by", ["manager", "branch", "type"])
def test_its_queries_do_not_grow(people: People, today: date, browser_of: Browsers, by: str) -> None:
    browser, counted = browser_of(Role.HOS), []
    browser.get(PAGE)
    for start, end in ((0, 3), (3, 30)):
        for n in range(start, end):
            owner = make.employee(f"m{n}")
            make.client(f"Клиент {n}", owner, branch=make.branch(f"b{n}"), standing={"completeness": Decimal(n)})
        with CaptureQueriesContext(
            connection,
        ) as asked:
            assert len(browser.get(f"{PAGE}?by={by}").context["lines"]) == (1 if by == "type" else end)
        counted.append(len(asked))
    assert counted[0] == counted[1] <= 10


def test_the_list_with_its_columns_asks_no_more(people: People, today: date, browser_of: Browsers) -> None:
    browser, counted = browser_of(Role.HOS), []
    url = "/clients/?cols=name,completeness,correctness,owner&sort=completeness&complete=incomplete"
    browser.get(url)
    for start, end in ((0, 3), (3, 30)):
        for n in range(start, end):
            make.client(f"Клиент {n}", people[Role.CSM], standing={"completeness": Decimal(n)})
        with CaptureQueriesContext(connection) as asked:
            rows = browser.get(url).context["rows"]
        assert [row.standing.completeness for row in rows] == list(range(end))
        counted.append(len(asked))
    assert counted[0] == counted[1] <= 12


def test_the_panel_asks_the_same_however_much_is_known(client: Client, browser_of: Browsers, people: People) -> None:
    browser, counted = browser_of(Role.CSM), []
    url = reverse("clients:client-completeness", args=[client.pk])
    browser.get(url)
    for start, end in ((0, 3), (3, 30)):
        for n in range(start, end):
            contact = make.contact(client, f"Белов {n}", verified_on=TODAY, verified_by=people[Role.CSM])
            make.point(client, f"v{n}", "vk", contact=contact)
        with CaptureQueriesContext(connection) as asked:
            assert browser.get(url).status_code == 200
        counted.append(len(asked))
    assert counted[0] == counted[1] <= 14


def test_my_day_names_the_emptiest_top_clients(people: People, today: date, browser_of: Browsers) -> None:
    csm = people[Role.CSM]
    for name, value in (("Полный", 90), ("Пустой", 10), ("Средний", 50)):
        make.client(name, csm, standing={"top": True, "completeness": Decimal(value), "correctness": 0})
    make.client("Не ТОР", csm, standing={"completeness": Decimal(0), "correctness": 0})
    assert [one.name for one in figures.emptiest_top(csm, CompletenessRules())] == ["Пустой", "Средний"]
    text = browser_of(Role.CSM).get("/").content.decode()
    assert "TOP clients with gaps" in text
    assert "10% is known" in text


# --- the rules ----------------------------------------------------------------------------------------------------

NEW_RULES = "/clients/completeness/rules/new/"


def form_of(browser: Browser, **changed: Any) -> dict[str, Any]:
    form = browser.get(NEW_RULES).context["form"]
    values = {name: form[name].value() for name in form.fields}
    return {name: "" if value is None else value for name, value in values.items()} | changed


def test_new_rules_hold_at_once_and_everybody_is_written_by_them(client: Client, browser_of: Browsers) -> None:
    browser = browser_of(Role.HOS)
    data = form_of(browser, top_pass=95, weight_inn=3, weight_social=0, comment="так решили")
    assert browser.post(NEW_RULES, data).status_code == 302
    rules = CompletenessRules.objects.get()
    assert (rules.top_pass, rules.weight_inn, rules.weight_social, rules.other_pass) == (95, 3, 0, 70)
    assert Job.objects.get(kind="completeness").arguments == {"today": TODAY.isoformat()}
    page = browser.get("/clients/completeness/rules/").content.decode()
    assert "так решили" in page
    assert "not asked" in page
    Client.objects.filter(pk=client.pk).update(city="Псков")
    assert written(client) == (of(Fraction(1, 15)), NIL)
    again = form_of(browser, top_pass=95)
    assert browser.post(NEW_RULES, again).status_code == 302  # nothing differs: no version
    assert CompletenessRules.objects.count() == 1


def test_rules_changed_by_somebody_else_are_not_overwritten(client: Client, browser_of: Browsers) -> None:
    hos, csh = browser_of(Role.HOS), browser_of(Role.CSH)
    first, second = form_of(hos, top_pass=95), form_of(csh, top_pass=80)
    assert hos.post(NEW_RULES, first).status_code == 302
    refused = csh.post(NEW_RULES, second)
    assert refused.status_code == 422
    assert "Somebody else changed the rules meanwhile" in refused.content.decode()
    assert hos.post(NEW_RULES, first).status_code == 422  # sent twice: one version
    assert CompletenessRules.objects.get().top_pass == 95


@pytest.mark.parametrize(
    "changed",
    [
        {"top_pass": 101},
        {"top_pass": ""},
        {"other_months": 0},
        {"weight_inn": 11},
        {"weight_inn": -1},
        {f"weight_{part}": 0 for part in CompletenessPart.values},
    ],
)
def test_rules_that_make_no_sense_are_refused(client: Client, browser_of: Browsers, changed: dict[str, Any]) -> None:
    browser = browser_of(Role.HOS)
    assert browser.post(NEW_RULES, form_of(browser, **changed)).status_code == 422
    assert not CompletenessRules.objects.exists()


@pytest.mark.parametrize("role", [Role.CSM, Role.BRANCH_HEAD, Role.DIRECTOR, Role.MARKETER])
def test_others_do_not_change_the_rules(client: Client, browser_of: Browsers, role: str) -> None:
    data = form_of(browser_of(Role.HOS), top_pass=95)
    assert browser_of(role).post(NEW_RULES, data).status_code == 403
    assert not CompletenessRules.objects.exists()


def test_the_term_of_verification_is_the_cards_too(client: Client, browser_of: Browsers, people: People) -> None:
    make.contact(client, "Волкова Анна", verified_on=TODAY - timedelta(days=100), verified_by=people[Role.CSM])
    browser, url = browser_of(Role.CSM), reverse("clients:client-contacts", args=[client.pk])
    assert "to be verified" not in browser.get(url).content.decode()
    CompletenessRules.objects.create(other_months=3)
    assert "to be verified" in browser.get(url).content.decode()
    assert len(browser.get("/clients/?contacts=stale").context["rows"]) == 1

"""Leads: terms, score, who gets them, what becomes of an enquiry, the way to a client, silence (R154-R170)."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, transaction

from clients.models import Answer, Client, Contact, ContactPoint, LegalEntity, Question, Segment, Sphere
from deals.dealing.models import Deal
from deals.leads import actions, converting, knowing, score, sharing, terms
from deals.leads.actions import Facts
from deals.leads.models import CloseReason, Enquiry, Lead, LeadChannel, LeadRules, LeadTouch, TouchKind
from deals.leads.said import Said
from deals.models import Task
from salescrm.base import names
from salescrm.base.jobs import Refused
from salescrm.base.models import Notification
from staff.access import Role
from staff.calendar import Calendar
from staff.models import Absence, CalendarDay, Employee
from tests import make
from tests.conftest import TODAY

pytestmark = pytest.mark.django_db
People = dict[str, Employee]
MOSCOW = ZoneInfo("Europe/Moscow")
NOW = datetime(2026, 7, 16, 12, 0, tzinfo=MOSCOW)  # a Thursday
PHONE = "+79210000001"


def said(**fields: Any) -> Said:
    """Say an enquiry of Anna by phone."""
    given: dict[str, Any] = {
        "channel": LeadChannel.HAND, "source": make.lead_source(), "branch": make.branch(), "submission": uuid4(),
        "person": "Анна", "phone": PHONE, "phone_key": PHONE, "text": "Нужны полотенца",
    }  # fmt: skip
    return Said(**given | fields)


def received(**fields: Any) -> Lead:
    """Take in Anna's enquiry and return her lead."""
    lead = actions.receive(said=said(**fields), acting_user=None, now=NOW).lead
    assert lead is not None
    return lead


def told(person: Employee) -> list[str]:
    return list(Notification.objects.filter(person=person, kind="lead").order_by("pk").values_list("text", flat=True))


@pytest.fixture
def segment(db: None) -> Segment:
    sphere = Sphere.objects.create(code="home", name="Дом")
    return Segment.objects.create(sphere=sphere, code="shop", name="Магазин", priority=1)


# --- terms ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("begun", "hours", "due"),
    [
        ("2026-07-16 10:00", 2, "2026-07-16 12:00"),
        ("2026-07-16 07:00", 2, "2026-07-16 11:00"),  # before the day begins
        ("2026-07-16 16:00", 2, "2026-07-16 18:00"),  # exactly to its end
        ("2026-07-16 17:30", 2, "2026-07-17 10:30"),
        ("2026-07-17 17:00", 2, "2026-07-20 10:00"),  # over a weekend
        ("2026-07-18 12:00", 2, "2026-07-20 11:00"),  # on a Saturday
        ("2026-06-11 17:00", 2, "2026-06-15 10:00"),  # Friday 12 June is a holiday
        ("2026-07-16 12:00", 20, "2026-07-20 14:00"),  # more than two days
    ],
)
def test_the_first_contact_is_due_in_working_hours(db: None, begun: str, hours: int, due: str) -> None:
    moment = datetime.fromisoformat(begun).replace(tzinfo=MOSCOW)
    found = terms.after_hours(moment, hours, calendar=Calendar(None), opens=time(9), closes=time(18))
    assert f"{found:%Y-%m-%d %H:%M}" == due


def test_a_day_off_of_the_branch_does_not_count(db: None) -> None:
    branch = make.branch()
    CalendarDay.objects.create(branch=branch, day=date(2026, 7, 17), is_working=False)
    assert terms.after_days(TODAY, 1, calendar=Calendar(branch)) == date(2026, 7, 20)
    lead = received(submission=uuid4())
    assert lead.first_contact_due_at == NOW + timedelta(hours=2)


# --- the database -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "constraint"),
    [
        ({"person": "", "company": ""}, "lead_says_who"),
        ({"state": "x"}, "lead_state_known"),
        ({"state": "in_work"}, "lead_worked_by_somebody"),
        ({"state": "converted"}, "lead_"),
        ({"state": "closed"}, "lead_closed_with_a_reason"),
        ({"close_reason": "spam"}, "lead_closed_with_a_reason"),
        ({"phone": PHONE}, "one_open_lead_per_phone"),
        ({"email": "a@b.ru"}, "one_open_lead_per_email"),
    ],
)
def test_the_database_refuses(branch: Any, fields: dict[str, Any], constraint: str) -> None:
    make.lead("Первый", phone=PHONE, email="a@b.ru")
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        make.lead(**({"company": "Второй"} | fields))


def test_a_qualified_lead_has_a_type_or_says_why_not(people: People) -> None:
    with pytest.raises(IntegrityError, match="lead_qualified_with_a_type"), transaction.atomic():
        make.lead("Первый", state="qualified", responsible=people[Role.CSM])
    make.lead("Второй", state="qualified", responsible=people[Role.CSM], type_unknown="не сказали")


# --- coming in --------------------------------------------------------------------------------------------------------


def test_an_enquiry_makes_a_lead_that_the_heads_hear_of(people: People) -> None:
    lead = received()
    assert (lead.state, lead.responsible, lead.active_on) == ("new", None, TODAY)
    assert told(people[Role.CSH]) == [actions.NEW_TOLD]
    assert told(people[Role.CSM]) == []
    assert [(one.text, one.lead, one.received_at) for one in Enquiry.objects.all()] == [("Нужны полотенца", lead, NOW)]
    assert not Task.objects.exists()


def test_a_form_sent_twice_is_one_lead(people: People) -> None:
    once = said(phone="", phone_key="")
    first = actions.receive(said=once, acting_user=None, now=NOW)
    second = actions.receive(said=once, acting_user=None, now=NOW)
    assert (first.is_new, second.is_new, first.lead, Lead.objects.count()) == (True, False, second.lead, 1)


@pytest.mark.parametrize("fields", [{}, {"phone": "", "phone_key": "", "email": "a@b.ru", "email_key": "a@b.ru"}])
def test_an_open_lead_gets_the_second_enquiry(people: People, fields: dict[str, Any]) -> None:
    known = make.lead("Дом", phone=PHONE, email="a@b.ru", responsible=people[Role.CSM], active_on=date(2026, 7, 1))
    again = actions.receive(said=said(**fields), acting_user=None, now=NOW)
    assert (again.is_new, again.lead, Lead.objects.count(), Enquiry.objects.count()) == (False, known, 1, 1)
    known.refresh_from_db()
    assert known.active_on == TODAY
    assert told(people[Role.CSM]) == [actions.AGAIN_TOLD]


def test_a_closed_lead_does_not_hold_a_new_one_back(people: People) -> None:
    make.lead("Дом", phone=PHONE, state="closed", close_reason="spam", closed_at=NOW)
    assert actions.receive(said=said(), acting_user=None, now=NOW).is_new


@pytest.mark.parametrize("by", ["phone", "email", "inn"])
def test_a_known_client_gets_the_enquiry_and_its_owner_a_task(people: People, by: str) -> None:
    client = make.client("Принт-Хаус", people[Role.CSM], inn="7707083893")
    make.point(client, PHONE, contact=make.contact(client, "Анна"))
    make.point(client, "a@b.ru", kind="email")
    ways = {"phone": "", "phone_key": "", "email": "", "email_key": "", "inn": ""}
    given = {"phone": {"phone": PHONE, "phone_key": PHONE}, "email": {"email": "a@b.ru", "email_key": "a@b.ru"},
             "inn": {"inn": "7707083893"}}[by]  # fmt: skip
    found = actions.receive(said=said(**ways | given), acting_user=None, now=NOW)
    assert (found.lead, found.client, Lead.objects.count()) == (None, client, 0)
    task = Task.objects.get()
    assert (task.client, task.assignee, task.due_on) == (client, people[Role.CSM], TODAY)


@pytest.mark.parametrize(
    ("receiver", "role"), [("csm", Role.CSM), ("lead_manager", Role.LEAD_MANAGER), ("single", Role.BDM_KEY)]
)
def test_the_rules_say_who_receives(people: People, receiver: str, role: str) -> None:
    make.lead_rules(receiver=receiver, single_receiver=people[Role.BDM_KEY])
    lead = received()
    assert lead.responsible == people[role]
    task = Task.objects.get()
    assert (task.lead, task.assignee, task.origin) == (lead, people[role], "lead_first_contact")
    assert (task.due_on, task.due_time) == (TODAY, time(14))
    assert told(people[role]) == [actions.GIVEN_TOLD]
    assert told(people[Role.CSH]) == []


def test_who_is_away_gets_none_and_without_anybody_the_head_is_told(people: People) -> None:
    make.lead_rules(receiver="csm")
    away = Absence.objects.create(employee=people[Role.CSM], starts_on=TODAY, ends_on=TODAY + timedelta(days=1))
    assert received().responsible is None
    assert told(people[Role.CSH]) == [actions.NOBODY_TOLD]
    away.delete()
    assert received(phone="+79210000002", phone_key="+79210000002").responsible == people[Role.CSM]


def test_a_substitute_receives_for_the_single_person(people: People) -> None:
    make.lead_rules(receiver="single", single_receiver=people[Role.BDM_KEY])
    ends = TODAY + timedelta(days=1)
    Absence.objects.create(
        employee=people[Role.BDM_KEY], starts_on=TODAY, ends_on=ends, substitute=people[Role.BDM_RECOVERY]
    )
    assert received().responsible == people[Role.BDM_RECOVERY]


def test_leads_go_in_turn_to_who_has_fewest_of_the_branch(people: People) -> None:
    msk = make.branch("msk")
    second, far = make.employee("second"), make.employee("far", branch=msk)
    make.lead("Старый", responsible=people[Role.CSM])
    leads = [make.lead(f"Лид {n}") for n in range(3)] + [make.lead("Москва", branch=msk)]
    plan = sharing.plan(leads, LeadRules.objects.in_force(), TODAY)
    assert [plan[one.pk] for one in leads] == [second, people[Role.CSM], second, far]


# --- working ----------------------------------------------------------------------------------------------------------


def log(lead: Lead, person: Employee, **fields: Any) -> LeadTouch:
    given: dict[str, Any] = {"kind": TouchKind.CALL, "text": "Говорили", "is_reached": True, "submission": uuid4()}
    return actions.log(lead=lead, acting_user=person, now=NOW, **given | fields)


def test_the_first_contact_meets_the_term_and_its_task(people: People) -> None:
    csm = people[Role.CSM]
    lead = received()
    actions.assign(owners={lead.pk: csm}, acting_user=people[Role.CSH])
    submission = uuid4()
    for _time in range(2):
        log(lead, csm, submission=submission, next_on=TODAY + timedelta(days=1))
    lead.refresh_from_db()
    assert (lead.state, lead.first_contacted_at, LeadTouch.objects.count()) == ("in_work", NOW, 1)
    states = list(Task.objects.order_by("pk").values_list("origin", "state", "due_on"))
    assert states == [("lead_first_contact", "done", TODAY), ("", "open", TODAY + timedelta(days=1))]


def test_a_note_is_no_contact(people: People) -> None:
    lead = make.lead("Дом", responsible=people[Role.CSM])
    log(lead, people[Role.CSM], kind=TouchKind.NOTE)
    lead.refresh_from_db()
    assert (lead.state, lead.first_contacted_at) == ("new", None)


def test_who_logs_a_contact_with_a_lead_nobody_has_is_responsible(people: People) -> None:
    lead = make.lead("Дом")
    log(lead, people[Role.LEAD_MANAGER])
    lead.refresh_from_db()
    assert lead.responsible == people[Role.LEAD_MANAGER]


def test_two_cannot_take_one_lead(people: People) -> None:
    lead = make.lead("Дом")
    actions.take(lead=lead, acting_user=people[Role.CSM])
    with pytest.raises(Refused, match=people[Role.CSM].short_name):
        actions.take(lead=lead, acting_user=people[Role.LEAD_MANAGER])
    lead.refresh_from_db()
    assert lead.responsible == people[Role.CSM]


def test_giving_a_lead_takes_its_tasks_along(people: People) -> None:
    lead = make.lead("Дом")
    other = make.employee("other")
    actions.take(lead=lead, acting_user=people[Role.CSM])
    assert actions.assign(owners={lead.pk: other}, acting_user=people[Role.CSH]) == 1
    assert actions.assign(owners={lead.pk: other}, acting_user=people[Role.CSH]) == 0
    assert [task.assignee for task in Task.objects.all()] == [other]
    assert told(other) == [actions.GIVEN_TOLD]


def test_qualification_needs_the_type_or_the_reason(people: People, segment: Segment) -> None:
    lead = make.lead("Дом", responsible=people[Role.CSM])
    with pytest.raises(Refused):
        actions.qualify(lead=lead, facts=Facts(None, "", ""), answers={}, acting_user=people[Role.CSM], now=NOW)
    lead.refresh_from_db()
    assert lead.state == "new"
    for _time in range(2):
        actions.qualify(
            lead=lead, facts=Facts(segment, "", "Полотенца"), answers={}, acting_user=people[Role.CSM], now=NOW
        )
    lead.refresh_from_db()
    assert (lead.state, lead.offer_due_on, lead.segment) == ("qualified", date(2026, 7, 17), segment)
    assert [(task.origin, task.due_on) for task in Task.objects.all()] == [("lead_offer", date(2026, 7, 17))]


def test_an_offer_follows_the_qualification(people: People) -> None:
    csm = people[Role.CSM]
    lead = make.lead("Дом", responsible=csm)
    with pytest.raises(Refused):
        actions.send_offer(lead=lead, acting_user=csm, now=NOW)
    actions.qualify(lead=lead, facts=Facts(None, "не сказали", ""), answers={}, acting_user=csm, now=NOW)
    for _time in range(2):
        actions.send_offer(lead=lead, acting_user=csm, now=NOW)
    tasks = list(Task.objects.order_by("pk").values_list("origin", "state", "due_on"))
    assert tasks == [("lead_offer", "done", date(2026, 7, 17)), ("lead_decision", "open", date(2026, 7, 21))]


@pytest.mark.parametrize(
    ("fields", "points"),
    [
        ({}, 0),
        ({"has_stock": True}, 15),
        ({"has_stock": False}, 0),
        ({"monthly_need": Decimal(150_000)}, 12),  # half of 25, ties to even
        ({"monthly_need": Decimal(900_000)}, 25),
        ({"stores": 10, "decider_reached": True, "region_capacity": 3}, 30),
    ],
)
def test_the_score_is_weighed_and_explains_itself(fields: dict[str, Any], points: int) -> None:
    found, parts = score.reckon(Lead(**fields), LeadRules())
    assert found == points
    assert [one["name"] for one in parts] == ["type", "stock", "need", "region", "stores", "decider"]


def test_the_priority_of_the_type_counts(segment: Segment) -> None:
    assert score.reckon(Lead(segment=segment), LeadRules())[0] == 30


# --- conversion -------------------------------------------------------------------------------------------------------


def convert(lead: Lead, person: Employee, into: Client | None = None, **fields: Any) -> Client:
    given: dict[str, Any] = {"name": lead.name, "inn": "", "owner": person}
    return converting.convert(lead=lead, into=into, acting_user=person, now=NOW, **given | fields)


def test_a_lead_becomes_a_client_with_its_contact_and_answers(people: People, segment: Segment) -> None:
    csm = people[Role.CSM]
    question = Question.objects.create(segment=segment, text="Сколько магазинов?")
    lead = received(company="Текстиль Дом", email="anna@dom.ru", email_key="anna@dom.ru", consent="Согласна")
    actions.qualify(
        lead=lead, facts=Facts(segment, "", "Полотенца"), answers={question.pk: "пять"}, acting_user=csm, now=NOW
    )
    client = convert(lead, csm, inn="7707083893")
    assert convert(lead, csm) == client
    lead.refresh_from_db()
    contact = Contact.objects.get()
    assert (lead.state, lead.client, lead.contact, Client.objects.count()) == ("converted", client, contact, 1)
    assert (client.name, client.segment, LegalEntity.objects.get().inn) == ("Текстиль Дом", segment, "7707083893")
    assert (contact.name, contact.name_key, contact.data_consent_on) == ("Анна", names.key("Анна"), TODAY)
    assert set(ContactPoint.objects.values_list("value_key", flat=True)) == {PHONE, "anna@dom.ru"}
    assert [(one.question, one.value) for one in Answer.objects.all()] == [(question, "пять")]
    assert client.standing.life_cycle == "potential"
    left = Task.objects.filter(state="open").order_by("due_on").values_list("origin", "client", "due_on")
    assert list(left) == [
        ("lead_follow_up_1", client.pk, date(2026, 7, 21)),
        ("lead_follow_up_2", client.pk, date(2026, 7, 30)),
    ]


@pytest.mark.parametrize(
    ("life_cycle", "purpose"), [("potential", "contract"), ("active", "shipment"), ("zero", "shipment")]
)
def test_a_deal_goes_on_with_the_client_and_its_task(people: People, life_cycle: str, purpose: str) -> None:
    csm = people[Role.CSM]
    pipelines = {one: make.pipeline(one) for one in ("contract", "shipment")}
    known = make.client("Текстиль Дом", csm, standing={"life_cycle": life_cycle})
    lead = received(company="Текстиль Дом")
    convert(lead, csm, into=known)
    deal = Deal.objects.get(source="lead")
    assert (deal.pipeline, deal.client, deal.owner, deal.contact) == (
        pipelines[purpose], known, csm, Contact.objects.get()
    )  # fmt: skip
    assert Task.objects.open().filter(deal=deal).exists()


def test_a_client_with_such_a_deal_goes_on_in_it(people: People) -> None:
    csm = people[Role.CSM]
    known = make.client("Текстиль Дом", csm, standing={"life_cycle": "active"})
    deal = make.deal(known, csm, TODAY)
    convert(received(company="Текстиль Дом"), csm, into=known)
    assert list(Deal.objects.all()) == [deal]
    assert Task.objects.open().get(origin="lead_follow_up_1").deal == deal


def test_a_lead_joins_a_known_client_without_a_ghost(people: People) -> None:
    csm, other = people[Role.CSM], make.employee("other")
    client = make.client("Текстиль Дом", other)
    lead = make.lead("Текстиль-Дом", "Анна", responsible=csm, phone=PHONE)
    make.point(client, PHONE)  # the company's own
    assert convert(lead, csm, into=client) == client
    contact = Contact.objects.get()
    assert (Client.objects.count(), contact.client, contact.name) == (1, client, "Анна")
    assert {task.assignee for task in Task.objects.filter(state="open")} == {other}


def test_a_known_person_is_not_made_twice(people: People) -> None:
    client = make.client("Текстиль Дом", people[Role.CSM])
    contact = make.contact(client, "Анна Петрова")
    make.point(client, PHONE, contact=contact)
    lead = make.lead("Дом", "Анна", responsible=people[Role.CSM], phone=PHONE)
    convert(lead, people[Role.CSM], into=client)
    lead.refresh_from_db()
    assert (lead.contact, Contact.objects.count()) == (contact, 1)


def test_an_inn_that_is_known_makes_no_second_client(people: People) -> None:
    make.client("Принт-Хаус", people[Role.CSM], inn="7707083893")
    lead = make.lead("Другой", responsible=people[Role.CSM])
    with pytest.raises(Refused):
        convert(lead, people[Role.CSM], inn="7707083893")
    lead.refresh_from_db()
    assert (lead.state, Client.objects.count()) == ("new", 1)


def test_the_likely_clients_are_named_with_reasons(people: People) -> None:
    alike = make.client("Текстиль Дом", people[Role.CSM])
    by_inn = make.client("Совсем другой", people[Role.CSM], inn="7707083893")
    by_phone = make.client("Третий", people[Role.CSM])
    make.point(by_phone, PHONE)
    make.client("Посторонний", people[Role.CSM])
    lead = make.lead("Текстиль-Дом", phone=PHONE, inn="7707083893")
    found = knowing.likely_clients(lead, people[Role.BDM_KEY], TODAY)
    assert [(one.row.client, one.is_seen) for one in found] == [(by_phone, False), (by_inn, False), (alike, False)]


# --- its end ----------------------------------------------------------------------------------------------------------


def close(lead: Lead, person: Employee, reason: CloseReason = CloseReason.PRICE, **fields: Any) -> Lead:
    given: dict[str, Any] = {"comment": "Дорого", "need": "Полотенца", "type_unknown": "не сказали"}
    return actions.close(lead=lead, reason=reason, acting_user=person, now=NOW, **given | fields)


@pytest.mark.parametrize("missing", ["comment", "need", "type_unknown"])
def test_closing_asks_for_reason_need_and_type(people: People, missing: str) -> None:
    lead = make.lead("Дом", responsible=people[Role.CSM])
    with pytest.raises(Refused):
        close(lead, people[Role.CSM], CloseReason.PRICE, **{missing: ""})
    lead.refresh_from_db()
    assert (lead.state, lead.close_reason) == ("new", "")


def test_spam_is_closed_with_the_reason_alone_and_opened_again(people: People) -> None:
    csm = people[Role.CSM]
    lead = make.lead("Дом", phone=PHONE)
    actions.take(lead=lead, acting_user=csm)
    close(lead, csm, CloseReason.SPAM, comment="", need="", type_unknown="")
    assert [task.state for task in Task.objects.all()] == ["cancelled"]
    actions.reopen(lead=lead, acting_user=csm, now=NOW)
    lead.refresh_from_db()
    assert (lead.state, lead.close_reason, lead.closed_at) == ("new", "", None)


def test_a_lead_is_not_opened_beside_an_open_one_with_its_phone(people: People) -> None:
    lead = make.lead("Дом", phone=PHONE, state="closed", close_reason="price", closed_at=NOW)
    make.lead("Второй", phone=PHONE)
    with pytest.raises(Refused, match=r"phone|телефон"):
        actions.reopen(lead=lead, acting_user=people[Role.CSM], now=NOW)


def test_the_heads_hear_of_a_late_first_contact_once(people: People) -> None:
    make.lead("Дом", responsible=people[Role.CSM])
    make.lead("Вовремя", first_contact_due_at=NOW)
    assert actions.tell_late(now=NOW) == 1
    assert actions.tell_late(now=NOW) == 0
    assert told(people[Role.CSH]) == [actions.LATE_TOLD]


def test_silent_leads_are_closed_and_the_others_keep_a_next_step(people: People) -> None:
    csm, before = people[Role.CSM], datetime(2026, 6, 1, tzinfo=UTC)
    worked: dict[str, Any] = {"responsible": csm, "state": "in_work", "first_contacted_at": before}
    make.lead("Молчит", **worked, active_on=TODAY - timedelta(days=14))
    make.lead("Ещё день", **worked, active_on=TODAY - timedelta(days=13))
    make.lead("Забыт", responsible=csm, active_on=TODAY - timedelta(days=30))
    make.lead("Ничей", active_on=TODAY - timedelta(days=30))
    assert actions.keep_going(now=NOW) == {"closed": 1, "planned": 2}
    assert actions.keep_going(now=NOW) == {"closed": 0, "planned": 0}
    closed = Lead.objects.get(state="closed")
    assert (closed.company, closed.close_reason, closed.closed_by) == ("Молчит", "silent", None)
    assert sorted(task.lead.company for task in Task.objects.all() if task.lead) == ["Ещё день", "Забыт"]

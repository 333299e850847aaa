"""Who has asked the sample company lately and is no client yet: leads of every state, a form for the site."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any
from uuid import UUID

from django.utils import timezone

from clients.models import Segment
from deals.leads import knowing, score, terms
from deals.leads.models import Enquiry, Lead, LeadForm, LeadRules, LeadSource, LeadTouch
from deals.models import Task, TaskKind
from staff.access import Role
from staff.calendar import Calendar, head_office
from staff.models import Branch, Employee

FIRMS = ("Уют-Сервис", "Полотенцесила", "Гостиница Заря", "Мастерская Вышивка", "Сувенирный двор", "Спа Лагуна",
         "Ресторан Причал", "Магазин Постелька", "Агентство Бренд", "Фабрика Узор", "Отель Парус",
         "Промо-Юг")  # fmt: skip
PEOPLE = ("Анна Миронова", "Игорь Седов", "Ольга Лапина", "Павел Рощин", "Нина Котова", "Денис Быков")
CITIES = ("Санкт-Петербург", "Псков", "Вологда", "Тверь", "Казань", "Мурманск")
ASKED = ("Нужны полотенца с логотипом, 200 шт.", "Пришлите прайс на постельное бельё", "Ищем поставщика халатов",
         "Сколько стоит нанесение на футболки?", "Встретились на выставке, интересны пледы")  # fmt: skip
CHANNELS = (("form", "site"), ("hand", "phone"), ("exhibition", "exhibition"), ("form", "yandex_direct"),
            ("hand", "email"))  # fmt: skip
COUNT = 36
DAYS = 45


@dataclass(frozen=True)
class Story:
    """How far a lead has come: its state, and how many days ago it asked at least."""

    state: str
    since: int


STORIES = (Story("new", 0), Story("in_work", 2), Story("qualified", 1), Story("offered", 4), Story("closed", 20),
           Story("closed", 25))  # fmt: skip


def write(until: date) -> None:
    """Write the leads in a fixed number of statements; the same last day gives the same leads."""
    chance = Random("leads")  # noqa: S311  # a sample, no secret
    branch = head_office_branch()
    heads = Employee.people.working().filter(role=Role.CSH).order_by("pk").first()
    managers = list(Employee.people.working().filter(role=Role.CSM, branch=branch).order_by("pk")[:5])
    sources = {one.code: one for one in LeadSource.objects.all()}
    if branch is None or heads is None or not managers or not sources:
        return
    types = list(Segment.objects.filter(is_active=True).order_by("pk")[:6])
    leads = [_lead(n, chance, until, branch, managers, sources, types) for n in range(COUNT)]
    Lead.objects.bulk_create(leads)
    Enquiry.objects.bulk_create(_enquiry(lead, chance) for lead in leads)
    worked = [lead for lead in leads if lead.first_contacted_at]
    LeadTouch.objects.bulk_create(_touch(lead, chance) for lead in worked)
    Task.objects.bulk_create(_task(lead, until) for lead in leads if lead.is_open and lead.responsible)
    _form(heads, sources["site"], branch, until)


def head_office_branch() -> Branch | None:
    """Return the head office."""
    return Branch.objects.filter(is_head_office=True).first()


def _lead(
    n: int, chance: Random, until: date, branch: Branch, managers: list[Employee], sources: dict[str, LeadSource],
    types: list[Segment],
) -> Lead:  # fmt: skip
    story = STORIES[n % len(STORIES)]
    channel, source = CHANNELS[n % len(CHANNELS)]
    rules, calendar = LeadRules(), head_office()
    asked_on = calendar.on_or_before(until - timedelta(days=story.since + chance.randrange(3 if n < 12 else DAYS)))
    begun = _at(asked_on, time(9 + chance.randrange(8), chance.randrange(60)))
    person, company = PEOPLE[n % len(PEOPLE)], f"{FIRMS[n % len(FIRMS)]}{'' if n < len(FIRMS) else f' {n}'}"
    lead = Lead(
        person=person, company=company, **knowing.keys_of(person, company), phone=f"+792155{n:02d}1{n:02d}",
        phone_key=f"+792155{n:02d}1{n:02d}", city=CITIES[n % len(CITIES)], source=sources[source], channel=channel,
        exhibition="Хеймтекстиль" if channel == "exhibition" else "", branch=branch, state=story.state,
        need=ASKED[n % len(ASKED)], created_at=begun, active_on=max(asked_on, until - timedelta(days=10)),
        first_contact_due_at=terms.after_hours(
            begun, rules.first_contact_hours, calendar=Calendar(branch), opens=rules.opens_at, closes=rules.closes_at
        ),
    )  # fmt: skip
    if story.state != "new" or n % 2:
        lead.responsible = managers[n % len(managers)]
    _go_on(lead, story, begun, until, types, n)
    lead.score, lead.score_parts = score.reckon(lead, rules)
    return lead


def _go_on(lead: Lead, story: Story, begun: datetime, until: date, types: list[Segment], n: int) -> None:
    """Bring a lead to its state."""
    if story.state == "new":
        return
    lead.first_contacted_at = begun + timedelta(hours=1 + n % 3)
    lead.segment = types[n % len(types)] if types else None
    lead.type_unknown = "" if lead.segment else "не сказали"
    lead.has_stock, lead.stores, lead.monthly_need = n % 2 == 0, n % 7, 20_000 * (n % 9)
    if story.state in ("qualified", "offered"):
        lead.qualified_at, lead.offer_due_on = begun + timedelta(hours=4), until
        lead.offered_at = begun + timedelta(hours=24) if story.state == "offered" else None
    if story.state == "closed":
        lead.closed_at, lead.closed_by = begun + timedelta(days=6), lead.responsible
        lead.close_reason, lead.close_comment = ("price", "no_need", "supplier")[n % 3], "Вернёмся к разговору осенью"


def _enquiry(lead: Lead, chance: Random) -> Enquiry:
    return Enquiry(
        lead=lead, channel=lead.channel, source=lead.source, branch=lead.branch, person=lead.person, reach=lead.phone,
        text=lead.need, received_at=lead.created_at, submission=UUID(int=chance.getrandbits(128), version=4),
    )  # fmt: skip


def _touch(lead: Lead, chance: Random) -> LeadTouch:
    said: dict[str, Any] = {"kind": "call", "is_reached": True, "text": "Рассказали об ассортименте, ждут предложение"}
    submission = UUID(int=chance.getrandbits(128), version=4)
    at = lead.first_contacted_at or lead.created_at
    return LeadTouch(lead=lead, at=at, author=lead.responsible, submission=submission, **said)


def _task(lead: Lead, until: date) -> Task:
    title = f"{'Первый контакт' if lead.state == 'new' else 'Следующий шаг'}: {lead.company}"
    fields: dict[str, Any] = {"origin": "lead_next_step", "origin_as_of": until, "kind": TaskKind.CALL}
    return Task(title=title, lead=lead, assignee=lead.responsible, due_on=head_office().on_or_after(until), **fields)


def _form(author: Employee, source: LeadSource, branch: Branch, until: date) -> None:
    LeadForm.objects.get_or_create(
        slug="demo",
        defaults={
            "title": "Оставьте заявку",
            "intro": "Перезвоним в рабочий день в течение двух часов.",
            "thanks": "Спасибо! Мы скоро перезвоним.",
            "consent": "Согласен на хранение и обработку моих персональных данных для ответа на это обращение.",
            "source": source,
            "branch": branch,
            "created_by": author,
            "created_at": _at(until, time(9)),
        },
    )


def _at(day: date, moment: time) -> datetime:
    return datetime.combine(day, moment, tzinfo=timezone.get_default_timezone())

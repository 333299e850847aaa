"""The step of contacts held against a plain computation of its own, on random small histories."""

from __future__ import annotations

import random
from datetime import date, timedelta
from typing import Any

import holidays
import pytest

from clients.models import Client, Communication, Segment, Sphere, Standing
from deals.models import Task
from salescrm.base.models import StepRun
from segmentation.models import RuleSet, StatusChange, TopMembership
from segmentation.steps import Night, contacts
from staff.access import Role
from staff.models import CalendarDay, Employee
from tests import make

pytestmark = pytest.mark.django_db
RUSSIA = holidays.country_holidays("RU")
ONE_DAY = timedelta(days=1)
START = date(2026, 1, 5)
SPOKEN = {"call", "meeting", "video"}


def working(day: date, own: dict[date, bool]) -> bool:
    return own[day] if day in own else RUSSIA.is_working_day(day)


def months_later(day: date, months: int) -> date:
    year, month = day.year, day.month
    for _n in range(months):
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    number = day.day
    while True:
        try:
            return date(year, month, number)
        except ValueError:
            number -= 1


def end_by_calendar(day: date, months: int) -> date:
    """Walk day by day to the end of the period after the one the day lies in."""
    ends, one = 0, day
    while True:
        tomorrow = one + ONE_DAY
        if tomorrow.day == 1 and (tomorrow.month - 1) % months == 0:
            ends += 1
            if ends == 2:
                return one
        one = tomorrow


def last_day(start: date, months: int | None, days: int | None, by_calendar: bool, own: dict[date, bool]) -> date:
    if months and by_calendar:
        day, step = end_by_calendar(start, months), -ONE_DAY
    else:
        day, step = (months_later(start, months) if months else start + timedelta(days=days or 0)), ONE_DAY
    while not working(day, own):
        day += step
    return day


class Book:
    """One client as the plain computation keeps it."""

    def __init__(self, client: Client, role: str, is_shop: bool) -> None:
        self.client, self.role, self.is_shop = client, role, is_shop
        self.sort, self.since = "", START
        self.entries: list[Communication] = []

    def norm(self, standing: Standing, norm: Any) -> tuple[int | None, int | None]:
        if standing.life_cycle == "zero":
            return None, (14 // norm.zero_attempts if norm.zero_attempts else None)
        if standing.life_cycle not in ("new", "active"):
            return None, None
        if standing.top:
            return norm.top_months, None
        if standing.life_cycle == "new":
            return norm.new_months, None
        return (norm.shop_months if self.is_shop and self.role == Role.CSH else norm.other_months), None

    def turn(self, standing: Standing, norm: Any, night: date) -> tuple[int | None, int | None]:
        months, days = self.norm(standing, norm)
        sort = "months" if months else "days" if days else ""
        if sort != self.sort:
            self.sort, self.since = sort, night
        return months, days

    def valid(self) -> list[Communication]:
        corrected = {one.corrects_id for one in self.entries}
        return [one for one in self.entries if one.pk not in corrected]

    def expected(self, standing: Standing, norm: Any, night: date, own: dict[date, bool]) -> tuple[Any, ...]:
        months, days = self.turn(standing, norm, night)
        counted = [one.day for one in self.valid() if one.is_two_way and one.result and one.result.counts]
        tried = [one.day for one in self.valid() if one.kind in SPOKEN]
        last, start, due = max(counted, default=None), None, None
        if months:
            start = last or self.since
        elif days:
            start = max([*tried, self.since])
        if start:
            due = last_day(start, months, days, norm.by_calendar, own)
        return last, start, due


def said(book: Book, author: Employee, day: date, dice: random.Random) -> None:
    kind = dice.choice(["call", "call", "meeting", "video", "letter", "message", "note"])
    counts = make.result("counts")
    reached = make.result("reached", counts=False)
    unanswered = make.result("unanswered", is_reached=False, counts=False)
    result = None if kind == "note" else dice.choice([counts, counts, reached, unanswered])
    spoken = kind in SPOKEN and result is not None and result.is_reached
    free = [one for one in book.valid() if one.kind == kind]
    corrects = dice.choice(free) if free and dice.random() < 0.2 else None
    entry = make.said(
        book.client, author, day, kind=kind, result=result, is_connected=spoken, is_two_way=spoken, corrects=corrects
    )
    book.entries.append(entry)


def run(night: date) -> None:
    """Run the step with its row in the ledger, as the night does: the next run goes on from it."""
    one = Night(night, RuleSet.objects.get(), None)
    fingerprint, outcome = contacts.inputs(one).fingerprint, contacts.run(one)
    StepRun.objects.create(
        as_of=night, step=contacts.NAME, state="done", fingerprint=fingerprint, detail=outcome.detail
    )


def move(client: Client, night: date, rules: RuleSet, state: str, top: bool) -> None:
    """Write another status and place on the TOP list as the night does, transitions included."""
    before = Standing.objects.get(client=client)
    Standing.objects.filter(client=client).update(life_cycle=state, top=top)
    if before.life_cycle != state:
        StatusChange.objects.create(client=client, as_of=night, before=before.life_cycle, after=state, rule_set=rules)
    if top and not before.top:
        TopMembership.objects.create(client=client, entered_on=night, entered_reason="cell", rule_set=rules)
    if before.top and not top:
        TopMembership.objects.filter(client=client, left_on__isnull=True).update(left_on=night, left_reason="cell")


@pytest.mark.parametrize(("longest", "rounds", "busy"), [(3, 16, 0.15), (45, 6, 0.9)], ids=["quiet", "busy"])
@pytest.mark.parametrize("seed", range(8))
def test_every_term_is_what_a_plain_computation_says(seed: int, longest: int, rounds: int, busy: float) -> None:
    """Within a week a night looks only at clients something happened to: that is the quiet sort."""
    dice = random.Random(seed)
    rules = make.rule_set()
    norm = make.contact_norm(
        top_months=dice.choice([1, 2]), other_months=dice.choice([2, 3, 6]), shop_months=dice.choice([1, 4]),
        zero_attempts=dice.choice([0, 1, 2]), mode=dice.choice(["rolling", "calendar"]),
    )  # fmt: skip
    shop = Segment.objects.create(
        sphere=Sphere.objects.create(code="trade", name="Торговля"), code="trade_internet", name="Интернет"
    )
    people: dict[str, Employee] = {role: make.employee(role, role) for role in (Role.CSM, Role.CSH)}
    own = {START + timedelta(days=dice.randrange(400)): dice.random() < 0.3 for _n in range(40)}
    CalendarDay.objects.bulk_create(
        CalendarDay(branch=people[Role.CSM].branch, day=day, is_working=value) for day, value in own.items()
    )
    books = []
    for n in range(8):
        role, is_shop = dice.choice([Role.CSM, Role.CSH]), dice.random() < 0.5
        books.append(Book(make.client(f"c{n}", people[role], segment=shop if is_shop else None), role, is_shop))
    night = START
    for _round in range(rounds):
        night += timedelta(days=dice.randrange(1, longest))
        for book in books:
            state = dice.choice(["potential", "new", "active", "active", "active", "zero", "lost"])
            if dice.random() < busy:
                move(book.client, night, rules, state, dice.random() < 0.4)
            for _entry in range(dice.randrange(3) if dice.random() < busy else 0):
                said(book, people[book.role], night - timedelta(days=dice.randrange(60)), dice)
        run(night)
        for book in books:
            standing = Standing.objects.get(client=book.client)
            found = (standing.last_contact_on, standing.contact_from, standing.contact_due_on)
            assert found == book.expected(standing, norm, night, own), f"{book.client} in the night of {night}"
            tasks = Task.objects.filter(client=book.client, state="open").order_by("due_on")
            assert standing.next_task_on == tasks.values_list("due_on", flat=True).first()
    terms = list(Task.objects.values_list("client", "origin_as_of"))
    assert len(terms) == len(set(terms)), "one task for a term"

"""Random small histories: whatever comes late, goes back, is excluded or moved by hand, product and oracle agree."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, Phase, currently_in_test_context, given, settings
from hypothesis import note as hypothesis_note
from hypothesis import strategies as st

from clients import ownership
from clients.models import Client, LegalEntity, OwnershipReason, Shipment, TouchedMonth
from salescrm import nightly
from segmentation import actions
from segmentation.models import Exclusion, RuleSet, TopOverride, ZeroCase
from staff.access import Role
from staff.models import Absence, Employee
from tests import make
from tests.oracle import loading
from tests.oracle.comparing import differences
from tests.oracle.figures import different_figures
from tests.oracle.rules import Oracle

pytestmark = pytest.mark.django_db

BEGIN = date(2010, 1, 1)
FIRST_NIGHT = date(2011, 3, 20)
CLIENTS = 8

amounts = st.sampled_from([-1000, -40, 0, 7, 40, 40, 300, 1000, 1000, 9000])
offsets = st.integers(0, 560)
singles = st.lists(st.tuples(offsets, amounts), max_size=6)
regular = st.builds(
    lambda start, gap, times, net: [(start + gap * number, net) for number in range(times)],
    st.integers(0, 300), st.integers(10, 95), st.integers(0, 14), st.sampled_from([40, 300, 1000, 9000]),
)  # fmt: skip
histories = st.lists(st.builds(lambda one, two: one + two, singles, regular), min_size=CLIENTS, max_size=CLIENTS)
client = st.integers(0, CLIENTS - 1)
events = st.one_of(
    st.tuples(st.just("document"), client, st.integers(0, 90), amounts),
    st.tuples(st.just("document"), client, st.integers(0, 2), amounts),
    st.tuples(st.just("exclude"), client, st.one_of(st.none(), st.integers(1, 60), st.just(300)), st.just(0)),
    st.tuples(st.just("move"), client, st.one_of(st.none(), st.integers(1, 60)), st.integers(0, 5)),
    st.tuples(st.just("top"), client, st.integers(1, 60), st.integers(0, 1)),
    st.tuples(st.just("approve"), client, st.just(0), st.just(0)),
    st.tuples(st.just("refuse"), client, st.one_of(st.none(), st.integers(1, 60), st.just(300)), st.just(0)),
    st.tuples(st.just("undo"), client, st.booleans(), st.just(0)),
    st.tuples(st.just("remove"), client, st.integers(0, 20), st.just(0)),
    st.tuples(st.just("join"), client, st.integers(0, 6), st.just(0)),
    st.tuples(st.just("rules"), client, st.integers(0, 6), st.just(0)),
    st.tuples(st.just("leave"), client, st.booleans(), st.just(0)),
    st.tuples(st.just("archive"), client, st.just(0), st.just(0)),
    st.tuples(st.just("unarchive"), client, st.just(0), st.just(0)),
    st.tuples(st.just("take"), client, st.one_of(st.none(), st.integers(1, 20)), st.integers(0, 1)),
)
steps = st.lists(
    st.tuples(st.sampled_from([1, 1, 1, 2, 3, 7]), st.booleans(), st.lists(events, max_size=3)),
    min_size=6,
    max_size=12,
)
rule_sets = st.fixed_dictionaries(
    {
        "feed_guard": st.booleans(),
        "backlog_guard": st.booleans(),
        "size_min_clients": st.sampled_from([0, 1, 10]),
        "unit": st.sampled_from(["month", "month", "quarter"]),
        "measure": st.sampled_from(["share", "cv"]),
        "top_cells": st.sampled_from([["AX"], ["AX", "AY", "BX", "BY"], ["AX", "AZ", "BX"]]),
        "top_cap": st.sampled_from([None, 1, 3]),
        "own_rhythm": st.booleans(),
        "seasonal_guard": st.booleans(),
        "hand_over_mode": st.sampled_from(["daily", "daily", "month_end", "approve"]),
        "grace_days": st.sampled_from([0, 1, 3]),
        "review_months": st.sampled_from([1, 3]),
        "window_months": st.sampled_from([12, 5]),
        "hand_over_other": st.sampled_from([4, 6]),
        "archive_cycles": st.sampled_from([1, 2, 3]),
    }
)


CHANGES: list[dict[str, Any]] = [
    {"top_cap": 2},
    {"top_cells": ["AX", "AY"]},
    {"zero_other": 2, "hand_over_other": 5},
    {"hand_over_new": 2, "own_rhythm": True},
    {"zero_top": 3, "hand_over_top": 4},
    {"lost_other": 7, "lost_top": 7, "archive_months": 12},
    {"seasonal_guard": True},
]


def note(text: str) -> None:
    """Tell the course of a failing example."""
    if currently_in_test_context():
        hypothesis_note(text)


class Stage:
    """A base and a world that hear the same events."""

    def __init__(self, history: list[list[tuple[int, int]]], rules: dict[str, Any], limits: tuple[int, int]) -> None:
        other = make.branch("msk", receiver_branch=make.branch("spb"))
        self.head = make.employee("hos", Role.HOS)
        self.sellers = [make.employee("anna"), make.employee("boris")]
        self.sellers.append(make.employee("one", Role.BDM_RECOVERY, recovery_limit=limits[0]))
        two = make.employee("two", Role.BDM_RECOVERY, recovery_limit=limits[1])
        Absence.objects.create(employee=two, starts_on=date(2011, 4, 4), ends_on=date(2011, 4, 20))
        self.clients = [self._client(number, papers, other) for number, papers in enumerate(history)]
        make.rule_set(**rules)
        self.papers = 0
        self.oracle = Oracle(loading.world_from_base())

    def _client(self, number: int, papers: list[tuple[int, int]], other: Any) -> Client:
        owner: Employee = self.sellers[number % 2]
        since = min((day_of(offset) for offset, _ in papers), default=BEGIN)
        fields = {"branch": other} if number % 4 == 3 else {}
        made = make.client(f"client {number}", owner, since=since, code=f"{number * 7 % 5}{number}", **fields)
        for offset, net in papers:
            make.shipment(made, day_of(offset), net)
        return made

    def hear(self, event: tuple[str, int, Any, Any], today: date) -> None:
        """Let something happen on the morning after a night."""
        kind, number, first, second = event
        note(f"{today} {event}")
        one = self.clients[number]
        one.refresh_from_db()
        if one.merged_into_id is not None:
            return
        getattr(self, f"_{kind}")(one, first, second, today)

    def _document(self, one: Client, days_ago: int, net: int, today: date) -> None:
        self.papers += 1
        made = make.shipment(one, today - timedelta(days=days_ago), net, number=f"late {self.papers}")
        if made.day < one.owned_from:
            made.lines.all().delete()
            made.delete()

    def _exclude(self, one: Client, days: int | None, _: int, today: date) -> None:
        until = None if days is None else today + timedelta(days=days)
        last = self.oracle.last_purchases.get(one.pk)
        Exclusion.objects.create(
            client=one, starts_on=today, until=until, last_purchase_on=last, reason="test", author=self.sellers[0]
        )

    def _move(self, one: Client, days: int | None, chosen: int, today: date) -> None:
        """Give the client to one of three, by hand or (from 3 on) as a first distribution."""
        until = None if days is None else today + timedelta(days=days)
        world, to = self.oracle.world, self.sellers[chosen % 3].pk
        reason = OwnershipReason.FIRST if chosen >= 3 else OwnershipReason.MANUAL
        case = self.oracle.cases.open_of(one.pk)
        if one.owned_from >= today or (case is not None and case.state == "handed_over"):
            return
        ownership.move({one.pk: to}, starts_on=today, reason=reason, author=to, left_alone_until=until)
        world.move(world.clients[one.pk], to, today, reason, until, by_person=True)

    def _top(self, one: Client, days: int, is_in: int, today: date) -> None:
        until = today + timedelta(days=days)
        TopOverride.objects.create(
            client=one, is_in=bool(is_in), starts_on=today, until=until, reason="test", author=self.sellers[0]
        )

    def _archive(self, one: Client, *_: Any) -> None:
        today = _[-1]
        Client.objects.filter(pk=one.pk).update(archived_on=today, archive_reason="test")

    def _unarchive(self, one: Client, *_: Any) -> None:
        Client.objects.filter(pk=one.pk).update(archived_on=None, archive_reason="")

    def _take(self, one: Client, days: int | None, chosen: int, today: date) -> None:
        """Take a client from recovery, by hand."""
        case, world, to = self.oracle.cases.open_of(one.pk), self.oracle.world, self.sellers[chosen % 2].pk
        if case is None or case.state != "handed_over" or (case.handed_on or today) >= today:
            return
        until = None if days is None else today + timedelta(days=days)
        ownership.move({one.pk: to}, starts_on=today, reason=OwnershipReason.MANUAL, author=to, left_alone_until=until)
        world.move(world.clients[one.pk], to, today, OwnershipReason.MANUAL, until, by_person=True)

    def _approve(self, one: Client, _: int, __: int, today: date) -> None:
        stored = list(ZeroCase.objects.filter(client=one, state="proposed"))
        moved = self.oracle.approve(one.pk, today)
        assert actions.approve(cases=stored, acting_user=self.head, today=today) == ({one.pk} if moved else set())

    def _refuse(self, one: Client, days: int | None, _: int, today: date) -> None:
        case = self.oracle.cases.open_of(one.pk)
        if case is None or case.state != "proposed":
            return
        until = None if days is None else today + timedelta(days=days)
        stored = list(ZeroCase.objects.filter(client=one, state="proposed"))
        actions.refuse(cases=stored, reason="test", until=until, acting_user=self.head, today=today)
        case.state, case.closed_on = "refused", today

    def _undo(self, one: Client, for_days: bool, _: int, today: date) -> None:
        case, world = self.oracle.cases.open_of(one.pk), self.oracle.world
        if case is None or case.state != "handed_over":
            return
        stored = ZeroCase.objects.get(client=one, state="handed_over")
        actions.undo_hand_over(case=stored, acting_user=self.head, today=today, for_days=for_days)
        case.state, case.closed_on = "undone", today
        start = max(today, case.handed_on or today)
        world.move(world.clients[one.pk], case.from_owner, start, "undo")

    def _remove(self, one: Client, number: int, _: int, __: date) -> None:
        papers = list(Shipment.objects.filter(legal_entity__client=one).order_by("id"))
        if papers:
            paper = papers[number % len(papers)]
            TouchedMonth.objects.create(legal_entity=paper.legal_entity, month=paper.day.replace(day=1))
            paper.lines.all().delete()
            paper.delete()

    def _join(self, one: Client, number: int, _: int, __: date) -> None:
        """Join another client, that bought earlier, into this one; the owner is that of the part that bought last."""
        other = self.clients[(self.clients.index(one) + 1 + number) % CLIENTS]
        other.refresh_from_db()
        last, last_of_other = (self.oracle.last_purchases.get(part.pk) for part in (one, other))
        if other.merged_into_id is not None or last is None or (last_of_other is not None and last_of_other >= last):
            return
        for entity in other.legal_entities.all():
            months = {day.replace(day=1) for day in entity.shipments.values_list("day", flat=True)}
            TouchedMonth.objects.bulk_create(TouchedMonth(legal_entity=entity, month=month) for month in months)
        LegalEntity.objects.filter(client=other).update(client=one)
        Client.objects.filter(pk=other.pk).update(merged_into=one)

    def _rules(self, _: Client, number: int, __: int, today: date) -> None:
        row = RuleSet.objects.latest("effective_from")
        if row.effective_from < today:
            row.pk, row.effective_from, row._state.adding = None, today, True
            changed: dict[str, Any] = CHANGES[number]
            for name, value in changed.items():
                setattr(row, name, value)
            row.save()

    def _leave(self, _: Client, with_successor: bool, __: int, ___: date) -> None:
        anna, boris = self.sellers[:2]
        Employee.objects.filter(pk=anna.pk).update(
            is_active=False, portfolio_successor=boris if with_successor else None
        )

    def refresh(self) -> None:
        """Let the world read what people and imports changed; owners are its own."""
        read, world = loading.world_from_base(), self.oracle.world
        world.documents, world.exclusions, world.overrides = read.documents, read.exclusions, read.overrides
        world.rules, world.people = read.rules, read.people
        for number, row in read.clients.items():
            row.owners = world.clients[number].owners
        world.clients = read.clients
        world.revision += 1

    def night(self, as_of: date, approve: bool) -> None:
        """Run both and compare."""
        note(f"night {as_of}{' approve' if approve else ''}")
        self.refresh()
        journal = nightly.run(as_of, approve=approve)
        result = self.oracle.night(as_of, approve=approve)
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")
        found = differences(self.oracle, result) or different_figures(journal, result)
        assert not found, "\n".join(found)


def day_of(offset: int) -> date:
    return BEGIN + timedelta(days=offset)


def play(
    history: list[list[tuple[int, int]]],
    rules: dict[str, Any],
    limits: tuple[int, int],
    course: list[tuple[int, bool, list[Any]]],
) -> None:
    with transaction.atomic():
        stage, as_of = Stage(history, rules, limits), FIRST_NIGHT
        stage.night(as_of, False)
        for days, approve, happening in course:
            for event in happening:
                stage.hear(event, as_of + timedelta(days=1))
            as_of += timedelta(days=days)
            stage.night(as_of, approve)
        transaction.set_rollback(True)


LIMITS = st.tuples(st.integers(1, 3), st.integers(1, 6))
QUIET = settings(deadline=None, suppress_health_check=list(HealthCheck), derandomize=True, database=None)


@settings(QUIET, max_examples=8, phases=[Phase.explicit, Phase.generate])
@given(histories, rule_sets, LIMITS, steps)
def test_it_agrees_on_random_histories(history: Any, rules: Any, limits: Any, course: Any) -> None:
    play(history, rules, limits, course)


@pytest.mark.slow
@pytest.mark.long
@settings(QUIET, max_examples=150, phases=[Phase.explicit, Phase.generate])
@given(histories, rule_sets, LIMITS, steps)
def test_it_agrees_on_many_random_histories(history: Any, rules: Any, limits: Any, course: Any) -> None:
    play(history, rules, limits, course)

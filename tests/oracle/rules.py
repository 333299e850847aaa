"""The re-computation: nights run one after the other over a world that tests may change in between."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from tests.oracle import guards, handover, top
from tests.oracle.classes import Class, classes_of, turnover_between, window_of
from tests.oracle.life_cycle import State, state_of
from tests.oracle.purchases import Facts, Notebook
from tests.oracle.world import ONE_DAY, Case, Rules, World, last_of_month


@dataclass
class Result:
    """What one night found and did."""

    as_of: date
    classes: dict[int, Class]
    top: set[int]
    states: dict[int, State]
    moved: list[Case] = field(default_factory=list)
    returned: list[Case] = field(default_factory=list)
    corrected: list[Case] = field(default_factory=list)
    proposed: list[Case] = field(default_factory=list)
    waiting: list[Case] = field(default_factory=list)
    guards: list[str] = field(default_factory=list)
    flagged: int = 0
    entered: int = 0
    left: int = 0
    top_turnover: Decimal = Decimal(0)


class Oracle:
    """Nights over a world: classes, TOP, statuses, owners and cases as rules.md has them."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.notebook = Notebook(world)
        self.top = top.TopList()
        self.states: dict[int, State] = {}
        self.cases = handover.Cases()
        self.last_night: date | None = None
        self.rules_before: Rules | None = None
        self.last_purchases: dict[int, date | None] = {}
        self.classes: dict[int, Class] = {}
        self._classes_key: object = None

    def night(self, as_of: date, approve: bool = False) -> Result:
        """Run the night, filling nights missed since the last one; those hand nobody over and give nobody back."""
        known, before = dict(self.last_purchases), self.last_night
        if self.last_night is not None:
            assert as_of > self.last_night
            day = self.last_night + ONE_DAY
            while day < as_of:
                self._compute(day)
                day += ONE_DAY
        states_before, top_before = self.states, set(self.top.now)
        facts = self._compute(as_of)
        rules = self.world.rules_of(as_of)
        night = handover.Night(
            as_of, self.world, rules, facts, self.states, self._turnover(facts, as_of), self.cases, self.top
        )
        handover.end_joined(night)
        handover.end_taken(night)
        handover.give_back(night)
        rewritten = guards.rewritten(known, guards.watched(facts, self.states), before, rules)
        found = self._hand_over(night, rewritten, approve)
        result = Result(as_of, self.classes, set(self.top.now), dict(self.states), guards=found)
        self._sum_up(result)
        window = window_of(as_of, rules.window_months)
        result.top_turnover = sum((turnover_between(facts[one], *window) for one in result.top), Decimal(0))
        result.entered, result.left = len(result.top - top_before), len(top_before - result.top)
        result.flagged = sum(newly_zero(state, states_before.get(number)) for number, state in self.states.items())
        return result

    def approve(self, number: int, today: date) -> bool:
        """Hand over a proposed client from tomorrow, if it has a place or finds one now; say whether it moved."""
        case, rules = self.cases.open_of(number), self.world.rules_of(today)
        if case is None or case.state != "proposed":
            return False
        if case.to_owner is None:
            night = handover.Night(today, self.world, rules, {}, self.states, {}, self.cases, self.top)
            case.to_owner = handover.Places(night).find(number)
        if case.to_owner is None:
            return False
        case.state, case.approved, case.handed_on = "handed_over", True, today + ONE_DAY
        self.world.move(self.world.clients[number], case.to_owner, case.handed_on, "zero")
        return True

    def _compute(self, as_of: date) -> dict[int, Facts]:
        rules = self.world.rules_of(as_of)
        facts = self.notebook.at(as_of)
        classes = self._classes_at(as_of, facts, rules)
        top.run(
            self.top, self.world.clients, facts, classes, self.states, self.world.overrides, as_of, rules,
            self.rules_before,
        )  # fmt: skip
        self.states = {
            number: state_of(
                self.world.clients[number], known, self.states.get(number), number in self.top.now,
                handover.cycles(self.cases, number, known.last), as_of, rules,
            )
            for number, known in facts.items()
        }  # fmt: skip
        self.last_night, self.rules_before = as_of, rules
        self.last_purchases = {number: known.last for number, known in facts.items()}
        return facts

    def _classes_at(self, as_of: date, facts: dict[int, Facts], rules: Rules) -> dict[int, Class]:
        key = (window_of(as_of, rules.window_months), rules.of_classes(), self.world.revision)
        if self._classes_key != key:
            self._classes_key, self.classes = key, classes_of(self.world.clients, facts, as_of, rules)
        return self.classes

    def _turnover(self, facts: dict[int, Facts], as_of: date) -> dict[int, Decimal]:
        start, end = window_of(as_of, self.world.rules_of(as_of).window_months)
        return {number: turnover_between(known, start, end) for number, known in facts.items()}

    def _hand_over(self, night: handover.Night, rewritten: bool, approve: bool) -> list[str]:
        rules, as_of = night.rules, night.as_of
        silent = guards.silent_sources(self.world, night.facts, as_of, rules)
        self._withdraw(night)
        month_end = rules.hand_over_mode == "month_end"
        if rules.hand_over_mode == "off" or (month_end and not last_of_month(as_of)):
            return []
        placed = self._place(night, handover.due_of(night, silent), approve)
        found = self._guards(night, [case for case in placed if case.to_owner is not None], rewritten)
        for case in placed:
            self._settle(night, case, bool(found), approve)
        return [f"feed {source}" for source in sorted(silent)] + found

    def _withdraw(self, night: handover.Night) -> None:
        """Withdraw what is no longer due or is of another silence by now; what only waits for a feed stays."""
        for case in self.cases.all:
            if case.state in ("waiting", "head_list", "proposed") and (
                case.client not in night.facts
                or not handover.is_due(night, case.client)
                or case.silent_since != night.facts[case.client].last
            ):
                case.state, case.closed_on = "withdrawn", night.as_of

    def _place(self, night: handover.Night, due: list[int], approve: bool) -> list[Case]:
        """Make or keep the case of each due client, in order, with its receiver if there is a place.

        A swinging client asks for none until it is approved, and then after the others.
        """
        placed: list[Case] = []
        for number in due:
            case = self.cases.open_of(number) or self._new_case(night, number)
            state = night.states[number]
            case.rule, case.was_lost = state.term_class, state.status == "lost"
            case.swinging = handover.swinging(night, number)
            case.to_owner = None
            placed.append(case)
        places = handover.Places(night)
        for case in [one for one in placed if not one.swinging] + [one for one in placed if one.swinging]:
            number = case.client
            case.for_head = handover.with_development(night, number)
            if not case.for_head and (approve or not case.swinging):
                case.to_owner = places.find(number)
            if case.to_owner == self.world.clients[number].owner.owner:  # with the head, and no receiver in the branch
                case.for_head, case.to_owner = True, None
            if case.to_owner is not None:
                places.take(case.to_owner)
        return placed

    def _new_case(self, night: handover.Night, number: int) -> Case:
        state, client = night.states[number], self.world.clients[number]
        assert state.last is not None
        assert state.hand_over_on is not None
        case = Case(
            number, state.term_class, "new", state.last, state.hand_over_on, state.status == "lost",
            client.owner.owner, night.as_of,
        )  # fmt: skip
        self.cases.add(case)
        return case

    def _guards(self, night: handover.Night, movable: list[Case], rewritten: bool) -> list[str]:
        """Name the guards that turn tonight's hand-overs into an approval list."""
        rules, found = night.rules, []
        tonight = sum(not case.swinging and case.state != "proposed" for case in movable)
        done = [case for case in self.cases.all if case.handed_on is not None]
        since = night.as_of + ONE_DAY - timedelta(days=30)
        recent = sum(not case.approved and case.handed_on > since for case in done if case.handed_on)
        month_end = rules.hand_over_mode == "month_end"
        base = guards.recent_buyers(guards.watched(night.facts, night.states), night.as_of)
        if guards.too_many(tonight, recent + tonight, base, month_end, rules):
            found.append("size")
        if rules.backlog_guard and (not done or rewritten):
            found.append("backlog")
        return found

    def _settle(self, night: handover.Night, case: Case, guarded: bool, approve: bool) -> None:
        """Move the client, propose it, or let it wait for a place."""
        if case.for_head:
            case.state = "head_list"
            return
        if case.to_owner is None:  # a proposal is kept, a swinging client is one with or without a place
            case.state = "proposed" if case.state == "proposed" or case.swinging else "waiting"
            return
        asks = guarded or case.swinging or case.state == "proposed" or night.rules.hand_over_mode == "approve"
        if asks and not approve:
            case.state = "proposed"
            return
        case.state, case.approved, case.handed_on = "handed_over", asks, night.as_of + ONE_DAY
        case.handed_in = night.as_of
        case.from_owner = self.world.clients[case.client].owner.owner
        self.world.move(self.world.clients[case.client], case.to_owner, case.handed_on, "zero")

    def _sum_up(self, result: Result) -> None:
        for case in self.cases.all:
            if case.handed_in == result.as_of:
                result.moved.append(case)
            if case.closed_on == result.as_of and case.state == "returned":
                result.returned.append(case)
            if case.closed_on == result.as_of and case.state == "had_bought":
                result.corrected.append(case)
            if case.state == "proposed":
                result.proposed.append(case)
            if case.state == "waiting":
                result.waiting.append(case)


def newly_zero(state: State, before: State | None) -> bool:
    """Say whether the client became zero in this night."""
    if state.status != "zero" or before is None or before.last is None or state.last is None:
        return state.status == "zero"
    return before.status != "zero" or state.last > before.last

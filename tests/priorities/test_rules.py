"""The score and the filling of focus lists: cases at their edges, and an independent computation on small bases."""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from statistics import mean
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from clients.models import Category, Client, Segment, Sphere
from segmentation.models import CategoryTurnover, PurchaseDay, ZeroCase
from segmentation.priorities import scoring
from segmentation.priorities.models import FocusClient, FocusList, PriorityRules, PriorityScore, StrategicClient
from staff.models import Employee
from tests import make
from tests.segmentation.world import nights

pytestmark = pytest.mark.django_db
NIGHT = date(2026, 7, 12)  # a Sunday: two weeks begin on the day after
WINDOW = (date(2025, 7, 1), date(2026, 7, 1))


@pytest.fixture
def owner(today: date) -> Employee:
    nights()
    return make.employee("owner", owns_clients=True)


@pytest.fixture
def kinds() -> list[Segment]:
    """Three types: of the first, of the second and of no priority."""
    sphere = Sphere.objects.create(code="s", name="S")
    made = [("first", 1), ("second", 2), ("none", None)]
    return [Segment.objects.create(sphere=sphere, code=code, name=code, priority=n) for code, n in made]


def client(name: str, owner: Employee, segment: Segment | None = None, **standing: Any) -> Client:
    """Make an active client."""
    given = {"life_cycle": "active", "turnover": 1000} | standing
    return make.client(name, owner, segment=segment, standing=given)


def sold(of: Client, category: Category | None, amount: int, month: date = date(2026, 1, 1)) -> None:
    entity = of.legal_entities.get()
    CategoryTurnover.objects.create(legal_entity=entity, month=month, category=category, amount=amount)


def bought(of: Client, day: date, amount: int) -> None:
    PurchaseDay.objects.create(legal_entity=of.legal_entities.get(), day=day, documents=1, amount=amount)


def scored(rules: PriorityRules, categories: Iterable[int] = ()) -> dict[str, PriorityScore]:
    """Score and return the rows by the names of the clients."""
    scoring.score(rules, categories, WINDOW)
    scoring.write(rules, NIGHT)
    return {one.client.name: one for one in PriorityScore.objects.select_related("client")}


# --- score ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("now", "before", "points"),
    [
        (100, 100, 50), (150, 100, 100), (200, 100, 100), (50, 100, 0), (10, 100, 0), (125, 100, 75), (75, 100, 25),
        (100, 0, 50), (100, -5, 50),
    ],
)  # fmt: skip
def test_growth_runs_from_the_full_fall_to_the_full_growth(owner: Employee, now: int, before: int, points: int) -> None:
    client("one", owner, turnover=now, turnover_before=before)
    assert scored(make.priority_rules())["one"].growth == points


@pytest.mark.parametrize(("xyz", "points"), [("X", 100), ("Y", 50), ("Z", 0), ("", 0)])
def test_regular_buyers_have_the_points_of_their_letter(owner: Employee, xyz: str, points: int) -> None:
    client("one", owner, xyz=xyz)
    assert scored(make.priority_rules())["one"].regularity == points


def test_turnover_gives_points_by_how_many_have_less(owner: Employee) -> None:
    for name, turnover in (("a", 10), ("b", 20), ("c", 20), ("d", 40), ("e", 50)):
        client(name, owner, turnover=turnover)
    found = scored(make.priority_rules())
    assert {name: row.value for name, row in found.items()} == {"a": 0, "b": 25, "c": 25, "d": 75, "e": 100}


def test_the_only_client_has_more_than_nobody(owner: Employee) -> None:
    client("one", owner)
    assert scored(make.priority_rules())["one"].value == 0


@pytest.mark.parametrize(("place", "points"), [(0, 100), (1, 50), (2, 0), (None, 0)])
def test_the_type_gives_the_points_of_its_priority(
    owner: Employee, kinds: list[Segment], place: int | None, points: int
) -> None:
    client("one", owner, None if place is None else kinds[place])
    assert scored(make.priority_rules())["one"].kind == points


@pytest.mark.parametrize(
    ("own", "buyers", "points", "usual"),
    # the client is a buyer of its type too when it buys: the average counts it
    [(0, 5, 100, 100), (0, 4, 0, None), (100, 4, 0, 100), (40, 5, 55.56, 90), (700, 5, 0, 200)],
)
def test_potential_is_what_is_missing_to_a_buyer_of_the_type(
    owner: Employee, kinds: list[Segment], own: int, buyers: int, points: float, usual: int | None
) -> None:
    polo, other = Category.objects.create(name="Поло"), Category.objects.create(name="Другое")
    one = client("one", owner, kinds[0])
    for number in range(buyers):
        sold(client(f"buyer {number}", owner, kinds[0]), polo, 100)
    sold(client("of another type", owner, kinds[1]), polo, 9_000)
    if own:
        sold(one, polo, own)
    sold(one, other, 5_000)
    sold(one, None, 5_000)
    sold(one, polo, 5_000, WINDOW[1])
    row: Any = scored(make.priority_rules(), [polo.pk])["one"]
    assert (row.potential, row.own, row.usual) == (Decimal(str(points)), own, usual)


@pytest.mark.parametrize(
    ("standing", "is_scored"),
    [
        ({"life_cycle": "new"}, True), ({"life_cycle": "zero"}, True), ({"life_cycle": "lost"}, False),
        ({"life_cycle": "potential"}, False), ({"life_cycle": "archived"}, False), ({"turnover": 0}, False),
    ],
)  # fmt: skip
def test_who_buys_is_scored(owner: Employee, standing: dict[str, Any], is_scored: bool) -> None:
    client("one", owner, **standing)
    assert ("one" in scored(make.priority_rules())) is is_scored


def test_a_client_that_is_scored_no_more_loses_its_score_and_the_same_again_writes_nothing(owner: Employee) -> None:
    rules, one = make.priority_rules(), client("one", owner)
    client("two", owner, turnover=2000)
    assert set(scored(rules)) == {"one", "two"}
    scoring.score(rules, [], WINDOW)
    assert scoring.write(rules, NIGHT) == 0
    one.standing.life_cycle = "lost"
    one.standing.save()
    assert set(scored(rules)) == {"two"}


def round_half_up(value: Fraction, places: int = 2) -> Decimal:
    """Round as the base rounds numerics."""
    exact = Decimal(value.numerator) / Decimal(value.denominator)
    return exact.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


@dataclass
class Buyer:
    """A client of a random base, as plain values."""

    name: str
    kind: int
    now: int
    before: int
    xyz: str
    goods: dict[int, int]


def reckoned(base: list[Buyer], rules: PriorityRules, chosen: set[int]) -> dict[str, Decimal]:
    """Reckon the scores one client at a time, from the sentences of the rule."""
    own = {one.name: sum(n for goods, n in one.goods.items() if not chosen or goods in chosen) for one in base}
    found = {}
    for one in base:
        value = Fraction(sum(other.now < one.now for other in base), max(len(base) - 1, 1)) * 100
        growth = Fraction(50)
        if one.before > 0:
            full = Fraction(rules.growth_full)
            growth = min(max((Fraction(one.now, one.before) - 1 + full) / (2 * full), Fraction(0)), Fraction(1)) * 100
        like = [own[other.name] for other in base if other.kind == one.kind and own[other.name] > 0]
        potential = Fraction(0)
        if one.kind < 3 and len(like) >= 5:
            potential = (
                max(1 - Fraction(max(own[one.name], 0)) / Fraction(mean(map(Fraction, like))), Fraction(0)) * 100
            )
        points = {
            "value": round_half_up(value), "growth": round_half_up(growth), "potential": round_half_up(potential),
            "regularity": Decimal({"X": 100, "Y": 50}.get(one.xyz, 0)),
            "kind": Decimal({0: 100, 1: 50}.get(one.kind, 0)),
        }  # fmt: skip
        weights = {name: getattr(rules, f"{name}_weight") for name in points}
        summed = sum(Fraction(points[name]) * weights[name] for name in points)
        found[one.name] = round_half_up(Fraction(summed) / sum(weights.values()))
    return found


@pytest.mark.parametrize("seed", range(6))
def test_scores_of_small_random_bases_are_those_reckoned_one_by_one(
    owner: Employee, kinds: list[Segment], seed: int
) -> None:
    chance = random.Random(seed)
    goods = [Category.objects.create(name=f"goods {n}") for n in range(4)]
    chosen = set(chance.sample(range(4), chance.randint(0, 3)))
    base = [
        Buyer(
            f"c{n}", chance.randint(0, 3), chance.choice((10, 20, 20, 500, 900)), chance.choice((-5, 0, 10, 400, 900)),
            chance.choice("XYZ"), {g: chance.randint(-50, 300) for g in range(4) if chance.random() < 0.6},
        )
        for n in range(chance.randint(1, 24))
    ]  # fmt: skip
    for one in base:
        made = client(
            one.name, owner, kinds[one.kind] if one.kind < 3 else None,
            turnover=one.now, turnover_before=one.before, xyz=one.xyz,
        )  # fmt: skip
        for place, amount in one.goods.items():
            sold(made, goods[place], amount)
    weights = {f"{name}_weight": chance.randint(0, 40) for name in ("growth", "regularity", "potential", "kind")}
    rules = make.priority_rules(value_weight=7, growth_full=Decimal(chance.choice(("0.3", "0.5", "2"))), **weights)
    found = scored(rules, [goods[n].pk for n in chosen])
    assert {name: row.score for name, row in found.items()} == reckoned(base, rules, chosen)


# --- deviations and focus lists ---------------------------------------------------------------------------------------


def filled(rules: PriorityRules, as_of: date = NIGHT) -> dict[str, FocusClient]:
    """Fill the lists and return their clients by name, in order."""
    scoring.fill(rules, as_of)
    rows = FocusClient.objects.filter(focus_list__starts_on=scoring.period_of(as_of + timedelta(days=1))[0])
    return {one.client.name: one for one in rows.select_related("client").order_by("place", "pk")}


@pytest.mark.parametrize(
    ("day", "start"),
    [("2026-07-12", "2026-06-29"), ("2026-07-13", "2026-07-13"), ("2026-07-26", "2026-07-13"), ("2024-01-01",) * 2],
)
def test_two_weeks_begin_on_every_other_monday(day: str, start: str) -> None:
    starts_on, ends_on = scoring.period_of(date.fromisoformat(day))
    assert (starts_on, ends_on) == (date.fromisoformat(start), date.fromisoformat(start) + timedelta(days=14))


@pytest.mark.parametrize(
    ("recent", "before", "rhythm", "is_falling"),
    [
        (69, 300, 30, True), (70, 300, 30, False), (0, 300, 30, True), (69, 300, 31, False), (0, 0, 30, False),
        (69, 300, None, False),
    ],
)  # fmt: skip
def test_turnover_falls_below_the_share_of_the_usual(
    owner: Employee, recent: int, before: int, rhythm: int | None, is_falling: bool
) -> None:
    one = client("one", owner, rhythm_days=rhythm, last_purchase_on=NIGHT)
    for days, amount in ((29, recent), (30, before), (120, 9_999)):
        if amount:
            bought(one, NIGHT - timedelta(days=days), amount)
    found = filled(make.priority_rules())
    assert ("one" in found) is is_falling
    if is_falling:
        entry: Any = found["one"]
        assert (entry.is_falling, entry.is_late, entry.recent, entry.usual, entry.season) == (
            True,
            False,
            recent,
            100,
            1,
        )


@pytest.mark.parametrize(
    ("year_ago", "before_it", "season", "is_falling"),
    [
        (50, 300, "0.5", False),
        (10, 300, "0.5", False),
        (200, 300, "2", True),
        (900, 300, "2", True),
        (0, 300, "1", True),
    ],
)
def test_the_usual_follows_the_season_of_the_company(
    owner: Employee, year_ago: int, before_it: int, season: str, is_falling: bool
) -> None:
    one, other = client("one", owner, rhythm_days=20, last_purchase_on=NIGHT), client("other", owner)
    bought(one, NIGHT, 60)
    bought(one, NIGHT - timedelta(days=40), 300)
    for days, amount in ((364 + 29, year_ago), (364 + 30, before_it)):
        if amount:
            bought(other, NIGHT - timedelta(days=days), amount)
    found = filled(make.priority_rules())
    assert ("one" in found) is is_falling
    if is_falling:
        assert found["one"].season == Decimal(season)


@pytest.mark.parametrize(("silent", "rhythm", "is_late"), [(15, 10, False), (16, 10, True), (50, None, False)])
def test_an_order_is_missed_after_one_and_a_half_rhythms(
    owner: Employee, silent: int, rhythm: int | None, is_late: bool
) -> None:
    client("one", owner, rhythm_days=rhythm, last_purchase_on=NIGHT - timedelta(days=silent))
    found = filled(make.priority_rules())
    assert [(one.is_late, one.silent_days, one.rhythm_days) for one in found.values()] == (
        [(True, silent, rhythm)] if is_late else []
    )


def late(name: str, owner: Employee, turnover: int = 100, **more: Any) -> Client:
    """Make a client that misses its order."""
    standing: dict[str, Any] = {"rhythm_days": 10, "last_purchase_on": NIGHT - timedelta(days=30), "turnover": turnover}
    return client(name, owner, **(standing | more))


def strategic(of: Client, year: int = 2026, **fields: Any) -> StrategicClient:
    author = Employee.objects.order_by("pk")[0]
    return StrategicClient.objects.create(client=of, year=year, entered_on=NIGHT, entered_by=author, **fields)


def test_the_order_is_pinned_priority_with_a_deviation_priority_deviation(owner: Employee) -> None:
    author = owner
    late("late small", owner, 10)
    late("late large", owner, 999)
    strategic(client("priority", owner, turnover=5))
    strategic(late("priority late", owner, 1))
    strategic(client("of another year", owner), year=2025)
    left: dict[str, Any] = {"left_on": NIGHT, "left_by": author, "left_reason": "over"}
    strategic(client("has left", owner), **left)
    pinned, dropped = client("pinned", owner, turnover=1), client("pinned and dropped", owner)
    before = FocusList.objects.create(owner=owner, starts_on=date(2026, 6, 29), ends_on=date(2026, 7, 13))
    FocusClient.objects.create(focus_list=before, client=pinned, is_pinned=True)
    gone: dict[str, Any] = {"dropped_on": NIGHT, "dropped_by": author, "drop_reason": "no"}
    FocusClient.objects.create(focus_list=before, client=dropped, is_pinned=True, **gone)
    assert list(filled(make.priority_rules())) == ["pinned", "priority late", "priority", "late large", "late small"]


def test_a_list_has_its_size_and_pinned_ones_are_never_too_many(owner: Employee) -> None:
    before = FocusList.objects.create(owner=owner, starts_on=date(2026, 6, 29), ends_on=date(2026, 7, 13))
    for number in range(3):
        late(f"late {number}", owner, 100 - number)
        FocusClient.objects.create(focus_list=before, client=client(f"pinned {number}", owner), is_pinned=True)
    assert list(filled(make.priority_rules(focus_size=2))) == ["pinned 0", "pinned 1", "pinned 2"]


@pytest.mark.parametrize("why", ["handed over", "archived", "lost", "owner left", "owner owns nobody"])
def test_who_is_nobody_s_work_is_left_aside(owner: Employee, why: str) -> None:
    late("stays", make.employee("other", owns_clients=True))
    one = late("one", owner, life_cycle={"archived": "archived", "lost": "lost"}.get(why, "active"))
    if why == "handed over":
        from tests.segmentation.world import case

        case(one, "handed_over", owner, owner)
        assert ZeroCase.objects.in_recovery().exists()
    if why == "owner left":
        Employee.objects.filter(pk=owner.pk).update(is_active=False)
    if why == "owner owns nobody":
        Employee.objects.filter(pk=owner.pk).update(owns_clients=False)
    assert list(filled(make.priority_rules())) == ["stays"]


def test_a_period_is_filled_once_and_one_begun_by_hand_is_filled(owner: Employee) -> None:
    rules = make.priority_rules()
    own = client("by hand", owner)
    begun = FocusList.objects.create(owner=owner, starts_on=date(2026, 7, 13), ends_on=date(2026, 7, 27))
    FocusClient.objects.create(focus_list=begun, client=own, added_by=owner)
    assert not scoring.is_filled(date(2026, 7, 13))
    late("one", owner)
    assert set(filled(rules)) == {"by hand", "one"}
    assert scoring.is_filled(date(2026, 7, 26))
    late("two", owner)
    assert set(filled(rules)) == {"by hand", "one"}
    assert FocusList.objects.get(starts_on=date(2026, 7, 13)).filled_on == NIGHT


@pytest.mark.parametrize(
    "wrong",
    [
        {"value_weight": 0, "growth_weight": 0, "regularity_weight": 0, "potential_weight": 0, "kind_weight": 0},
        {"growth_full": 0}, {"cut_off": Decimal("100.5")}, {"list_size": 0}, {"focus_size": 201}, {"fall_share": 1},
        {"late_factor": Decimal("0.9")},
    ],
)  # fmt: skip
def test_the_base_refuses_criteria_without_sense(wrong: dict[str, Any]) -> None:
    given = {"effective_from": NIGHT, "growth_full": Decimal("0.5"), "cut_off": 50, "fall_share": Decimal("0.7"),
             "late_factor": Decimal("1.5")}  # fmt: skip
    rules = PriorityRules(**(given | wrong))
    with pytest.raises(ValidationError):
        rules.validate_constraints()

"""The re-computation itself, held against the sentences of the rules on tables made by hand."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest

from tests.oracle.classes import abc_of, by_share, by_variation, classes_of, window_of
from tests.oracle.life_cycle import rhythm_of, season_of, term_over, terms_of
from tests.oracle.purchases import Facts, facts_of
from tests.oracle.tables import day, unguarded, world_of
from tests.oracle.top import is_review
from tests.oracle.world import Document, Rules, plus_months

# ---- days, documents, purchases --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        ("2011-01-31", 1, "2011-02-28"),
        ("2012-01-31", 1, "2012-02-29"),
        ("2012-02-29", 12, "2013-02-28"),
        ("2011-08-31", 6, "2012-02-29"),
        ("2011-12-15", 1, "2012-01-15"),
        ("2010-11-30", 3, "2011-02-28"),
    ],
)
def test_it_adds_months_forward_and_clamps(start: str, months: int, end: str) -> None:
    assert plus_months(day(start), months) == day(end)


def test_it_counts_days_with_a_positive_document_as_purchases() -> None:
    world = world_of({"a": {"2011-01-05": 10, "2011-01-06": 0, "2011-01-07": -5, "2011-02-01": 1}})
    world.add(Document(1, day("2011-01-05"), Decimal(3)), Document(1, day("2011-01-05"), Decimal(-13)))
    facts = facts_of(world, world.clients[1], day("2011-01-31"))
    assert facts.purchases == (day("2011-01-05"),), "one day, whatever its documents; a full return undoes nothing"
    assert sum(net for _, net in facts.documents) == Decimal(-5), "the document of February is not seen yet"


# ---- classes ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("as_of", "start", "end"),
    [
        ("2011-05-31", "2010-06-01", "2011-06-01"),
        ("2011-05-30", "2010-05-01", "2011-05-01"),
        ("2011-06-01", "2010-06-01", "2011-06-01"),
        ("2012-02-28", "2011-02-01", "2012-02-01"),
        ("2012-02-29", "2011-03-01", "2012-03-01"),
    ],
)
def test_it_takes_the_last_full_months(as_of: str, start: str, end: str) -> None:
    assert window_of(day(as_of), 12) == (day(start), day(end))


def test_it_gives_a_while_the_share_before_is_below_the_limit() -> None:
    world = world_of({code: {"2011-01-05": net} for code, net in {"a": 80, "b": 15, "c": 4, "d": 1, "e": -7}.items()})
    turnover = {1: Decimal(80), 2: Decimal(15), 3: Decimal(4), 4: Decimal(1), 5: Decimal(-7)}
    letters = abc_of(list(world.clients.values()), turnover, Rules())
    assert letters == {1: "A", 2: "B", 3: "C", 4: "C"}, "exactly 80 % and 95 % before the client are the next class"


def test_it_breaks_ties_by_code_then_id() -> None:
    world = world_of({"b": {}, "B": {}, "10": {}, "9": {}, "é": {}})
    names = {client.code: client.id for client in world.clients.values()}
    turnover = dict.fromkeys(names.values(), Decimal(20))
    letters = abc_of(list(world.clients.values()), turnover, Rules(a_share=Fraction(1, 2)))
    assert [code for code in ("10", "9", "B", "b", "é") if letters[names[code]] == "A"] == ["10", "9", "B"]


@pytest.mark.parametrize(
    ("bought", "counted", "letter"),
    [
        (3, 6, "X"), (3, 7, "Y"), (6, 12, "X"), (5, 12, "Y"), (3, 12, "Y"), (2, 12, "Z"), (2, 8, "Y"), (2, 4, "Y"),
        (2, 3, "Y"), (1, 3, "Z"), (1, 4, "Z"), (3, 3, "X"), (2, 2, ""), (1, 1, ""),
    ],
)  # fmt: skip
def test_it_gives_the_letter_by_share(bought: int, counted: int, letter: str) -> None:
    assert by_share(bought, counted, Rules()) == letter


def test_it_leaves_out_months_without_any_purchase_of_the_company() -> None:
    months = ["2010-12", "2011-01", "2011-03", "2011-05"]
    world = world_of({"a": {f"{month}-10": 100 for month in months}, "b": {"2011-03-20": 50}})
    facts = {number: facts_of(world, client, day("2011-05-31")) for number, client in world.clients.items()}
    classes = classes_of(world.clients, facts, day("2011-05-31"), Rules())
    assert (classes[1].bought, classes[1].counted, classes[1].cell) == (4, 4, "AX")
    assert (classes[2].bought, classes[2].counted, classes[2].xyz) == (1, 2, ""), "March and May only: too few"


def test_it_counts_months_from_the_first_purchase_inside_the_window() -> None:
    world = world_of({"a": {"2009-01-10": 1, "2011-03-10": 9, "2011-04-10": 9}, "b": every_month("2010-06", 12)})
    facts = {number: facts_of(world, client, day("2011-05-31")) for number, client in world.clients.items()}
    classes = classes_of(world.clients, facts, day("2011-05-31"), Rules())
    assert (classes[1].bought, classes[1].counted) == (2, 12), "first bought long ago: the whole window counts"


def every_month(first: str, times: int) -> dict[str, object]:
    return {plus_months(day(f"{first}-01"), number).isoformat(): 100 for number in range(times)}


@pytest.mark.parametrize(
    ("filled", "letter"),
    [(12, "X"), (10, "X"), (9, "Y"), (6, "Y"), (5, "Z"), (1, "Z")],  # equal months: cv² = 12/k - 1
)
def test_it_gives_the_letter_by_variation(filled: int, letter: str) -> None:
    months = [plus_months(day("2010-06-01"), number) for number in range(12)]
    facts = Facts(tuple((month, Decimal(7)) for month in months[:filled]), tuple(months[:filled]), frozenset())
    assert by_variation(facts, months, Rules(measure="cv")) == letter


def test_it_gives_no_letters_without_positive_turnover() -> None:
    world = world_of({"a": {"2011-01-10": 10, "2011-02-10": -10}, "b": {"2010-12-10": -5}, "c": {"2011-01-11": 5}})
    facts = {number: facts_of(world, client, day("2011-05-31")) for number, client in world.clients.items()}
    classes = classes_of(world.clients, facts, day("2011-05-31"), Rules(measure="cv"))
    assert set(classes) == {1, 3}, "clients with a purchase in the window; returns only is none"
    assert (classes[1].abc, classes[1].xyz) == ("", "")
    assert (classes[3].abc, classes[3].xyz) == ("A", "Z")


@pytest.mark.parametrize(("every", "reviews"), [(3, {3, 6, 9, 12}), (1, set(range(1, 13))), (6, {6, 12}), (12, {12})])
def test_it_reviews_on_the_last_days(every: int, reviews: set[int]) -> None:
    rules = Rules(review_months=every)
    ends = [plus_months(day("2011-01-31"), number) for number in range(12)]
    assert {end.month for end in ends if is_review(end, rules, rules)} == reviews
    assert not is_review(day("2011-12-30"), rules, rules)
    assert is_review(day("2011-12-30"), rules, Rules(review_months=every, top_cap=5))
    assert not is_review(day("2011-12-30"), rules, Rules(review_months=every, zero_top=2, lost_top=10))


# ---- terms -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("gaps", "rhythm"),
    [([10], None), ([10, 11], 11), ([10, 30], 20), ([1, 2, 100], 2), ([10, 11, 12, 13], 12), ([7, 7], 7)],
)
def test_it_takes_the_median_rounded_up(gaps: list[int], rhythm: int | None) -> None:
    days = [date(2011, 1, 1)]
    for gap in gaps:
        days.append(date.fromordinal(days[-1].toordinal() + gap))
    assert rhythm_of(tuple(days), Rules()) == rhythm


@pytest.mark.parametrize(
    ("term_class", "rhythm", "zero", "hand_over", "lost"),
    [
        ("top", None, "2011-02-28", "2011-04-01", "2011-10-31"),  # one day of grace
        ("new", None, "2011-02-28", "2011-05-01", "2011-10-31"),
        ("other", None, "2011-04-30", "2011-08-01", "2011-10-31"),
        ("top", 18, "2011-02-28", "2011-04-01", "2011-10-31"),  # 27 and 36 days: shorter than the table
        ("top", 19, "2011-03-01", "2011-04-01", "2011-10-31"),  # 28.5 → 29 days
        ("top", 31, "2011-03-19", "2011-04-04", "2011-10-31"),  # 46.5 → 47 and 62 days, and a day
        ("other", 180, "2011-10-28", "2011-11-01", "2011-10-31"),  # 270 days; 360 are cut by the lost term, and a day
        ("other", 400, "2011-10-31", "2011-11-01", "2011-10-31"),
    ],
)
def test_it_reckons_terms(term_class: str, rhythm: int | None, zero: str, hand_over: str, lost: str) -> None:
    got = terms_of(day("2011-01-31"), term_class, rhythm, frozenset(), Rules())
    assert got == (day(zero), day(hand_over), day(lost), day("2012-04-30"))


def test_it_knows_no_grace_at_month_ends_and_no_rhythm_when_off() -> None:
    assert terms_of(day("2011-01-31"), "top", None, frozenset(), Rules(hand_over_mode="month_end"))[1] == day(
        "2011-03-31"
    )
    assert terms_of(day("2011-01-31"), "top", 99, frozenset(), Rules(own_rhythm=False))[1] == day("2011-04-01")
    assert unguarded().feed_guard is False


FOUR_FIFTHS = ["2009-01-10", "2009-02-10", "2009-09-10", "2009-10-10"]


@pytest.mark.parametrize(
    ("bought", "as_of", "season"),
    [
        (FOUR_FIFTHS, "2011-01-10", {12, 1, 2, 8, 9, 10}),
        (FOUR_FIFTHS, "2011-01-09", set()),  # not two years yet
        (FOUR_FIFTHS[:3], "2011-01-10", set()),  # three purchases
        ([*FOUR_FIFTHS, "2009-05-10"], "2011-01-10", {12, 1, 2, 4, 5, 8, 9}),  # four of five; May before October
        ([*FOUR_FIFTHS, "2009-05-10", "2009-06-10"], "2011-01-10", set()),  # four of six
        (["2009-03-01", "2009-03-02", "2009-03-03", "2009-03-04", "2009-07-01"], "2011-03-01", {2, 3}),
    ],
)
def test_the_season_is_the_fewest_months_with_four_fifths(bought: list[str], as_of: str, season: set[int]) -> None:
    purchases = tuple(sorted(day(one) for one in bought))
    assert season_of(purchases, day(as_of), Rules(seasonal_guard=True)) == season
    assert season_of(purchases, day(as_of), Rules()) == set()


@pytest.mark.parametrize(
    ("last", "months", "season", "over"),
    [
        ("2011-01-31", 1, set(), "2011-02-28"),
        ("2011-01-31", 1, {1, 2, 3}, "2011-02-28"),
        ("2011-01-31", 1, {1, 12}, "2011-12-28"),  # 28 days, counted from 1 December
        ("2011-03-10", 3, {2, 3}, "2013-02-11"),  # 92 days: 21 in March, 60 in 2012, 11 in 2013
        ("2012-02-29", 1, {2}, "2014-02-01"),  # 29 days, and February 2013 has but 28
    ],
)
def test_a_term_counts_days_of_the_season_only(last: str, months: int, season: set[int], over: str) -> None:
    assert term_over(day(last), months, frozenset(season)) == day(over)

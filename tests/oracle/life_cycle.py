"""Life cycle: the term class, the days of zero, hand-over, lost and archive, and the status of a night."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from itertools import pairwise

from tests.oracle.purchases import Facts
from tests.oracle.world import Client, Rules, plus_months

SILENT = ("zero", "lost", "archived")


@dataclass(frozen=True)
class State:
    """The status of a client in a night, with what it was reckoned from."""

    status: str
    last: date | None = None
    term_class: str = ""
    silence: str = ""  # how far the terms have carried it, whatever a person says; the term class is fixed by it
    rhythm: int | None = None
    zero_on: date | None = None
    hand_over_on: date | None = None
    lost_on: date | None = None
    archive_on: date | None = None
    zero_since: date | None = None
    archive_ended: date | None = None


def rhythm_of(purchases: tuple[date, ...], rules: Rules) -> int | None:
    """Return the median of the days between purchases, rounded up; None with too few of them."""
    if len(purchases) < rules.rhythm_min_purchases:
        return None
    gaps = sorted((later - earlier).days for earlier, later in pairwise(purchases))
    middle = len(gaps) // 2
    median = Fraction(gaps[middle]) if len(gaps) % 2 else Fraction(gaps[middle - 1] + gaps[middle], 2)
    return math.ceil(median)


def term_class_of(facts: Facts, in_top: bool, rules: Rules) -> str:
    """Say which row of the table holds: TOP before new (one purchase) before other."""
    if in_top:
        return "top"
    known = rules.first_purchase_known_from
    if len(facts.purchases) == 1 and (known is None or facts.purchases[0] >= known):
        return "new"
    return "other"


def season_of(purchases: tuple[date, ...], as_of: date, rules: Rules) -> frozenset[int]:
    """Return the calendar months that count for a seasonal client and the month before each; nothing for the others.

    Seasonal: two years of history, four purchases, four fifths of them in at most four calendar months; those are the
    fewest months that hold so many, the fullest first, of equal ones the earlier in the year.
    """
    if not rules.seasonal_guard or len(purchases) < 4 or plus_months(purchases[0], 24) > as_of:
        return frozenset()
    bought = {month: sum(day.month == month for day in purchases) for month in range(1, 13)}
    fullest = sorted(bought, key=lambda month: (-bought[month], month))
    enough = next(
        number for number in range(1, 13) if 5 * sum(bought[month] for month in fullest[:number]) >= 4 * len(purchases)
    )
    if enough > 4:
        return frozenset()
    return frozenset(fullest[:enough]) | {12 if month == 1 else month - 1 for month in fullest[:enough]}


def term_over(last: date, months: int, season: frozenset[int]) -> date:
    """Return the day a term is reached: for a seasonal client only days of its months count."""
    day, left = last, (plus_months(last, months) - last).days
    if not season:
        return last + timedelta(days=left)
    while left:
        day += timedelta(days=1)
        left -= day.month in season
    return day


def bounded(term: date, last: date, factor: Fraction, rhythm: int | None, lost_on: date, rules: Rules) -> date:
    """Return the term, not before last + factor × rhythm, but for that reason never after the lost term."""
    if rhythm is None or not rules.own_rhythm:
        return term
    return max(term, min(last + timedelta(days=math.ceil(factor * rhythm)), lost_on))


def terms_of(
    last: date, term_class: str, rhythm: int | None, season: frozenset[int], rules: Rules
) -> tuple[date, date, date, date]:
    """Return the days of zero, hand-over (grace included), lost and archive."""
    table_zero, table_hand_over, lost_on = (
        term_over(last, rules.months(term, term_class), season) for term in ("zero", "hand_over", "lost")
    )
    zero_on = bounded(table_zero, last, rules.zero_rhythm_factor, rhythm, lost_on, rules)
    hand_over = bounded(table_hand_over, last, rules.hand_over_rhythm_factor, rhythm, lost_on, rules)
    grace = 0 if rules.hand_over_mode == "month_end" else rules.grace_days
    return zero_on, hand_over + timedelta(days=grace), lost_on, plus_months(last, rules.archive_months)


def state_of(
    client: Client, facts: Facts, before: State | None, in_top: bool, cycles: int, as_of: date, rules: Rules
) -> State:
    """Compute the status of the night from last night's state and what is known now, `cycles` closed recoveries too."""
    last = facts.last
    if last is None:
        return State("archived" if archived_by_hand(client, facts, before, as_of) else "potential")
    fixed = before is not None and bool(before.silence) and not bought_again(facts, before)
    held = before.silence if before is not None and fixed else ""
    term_class = before.term_class if before is not None and fixed else term_class_of(facts, in_top, rules)
    rhythm = rhythm_of(facts.purchases, rules)
    season = season_of(facts.purchases, as_of, rules)
    zero_on, hand_over_on, lost_on, archive_on = terms_of(last, term_class, rhythm, season, rules)
    silence = max(
        reached(as_of, zero_on, lost_on, archive_on, cycles >= rules.archive_cycles), held, key=rank_of
    )  # rules end no silence
    status = "archived" if archived_by_hand(client, facts, before, as_of) else silence
    zero_since = before.zero_since if before is not None and fixed else as_of
    return State(
        status or ("new" if term_class_of(facts, False, rules) == "new" else "active"),
        last, term_class, silence, rhythm, zero_on, hand_over_on, lost_on, archive_on,
        zero_since if silence else None, archive_ended(client, facts, before),
    )  # fmt: skip


def bought_again(facts: Facts, before: State | None) -> bool:
    """Say whether there is a purchase later than the last one known the night before; only that ends a silence."""
    if facts.last is None:
        return False
    return before is None or before.last is None or facts.last > before.last


def archive_ended(client: Client, facts: Facts, before: State | None) -> date | None:
    """Return the archiving by hand that a purchase has ended."""
    if before is not None and before.status == "archived" and bought_again(facts, before):
        return client.archived_on
    return before.archive_ended if before is not None else None


def archived_by_hand(client: Client, facts: Facts, before: State | None, as_of: date) -> bool:
    """Say whether a person archived the client and it has not bought since."""
    archived_on = client.archived_on
    if archived_on is None or archived_on > as_of or archive_ended(client, facts, before) == archived_on:
        return False
    return facts.last is None or facts.last <= archived_on


def rank_of(status: str) -> int:
    """Order the silent statuses."""
    return SILENT.index(status) + 1 if status in SILENT else 0


def reached(as_of: date, zero_on: date, lost_on: date, archive_on: date, given_up: bool) -> str:
    """Name the furthest term that is reached; a term is reached in the night of its very day."""
    if as_of >= archive_on or (given_up and as_of >= lost_on):
        return "archived"
    if as_of >= lost_on:
        return "lost"
    return "zero" if as_of >= zero_on else ""

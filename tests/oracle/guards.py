"""Guards: a broken feed, too large a wave, a backlog."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction

from tests.oracle.life_cycle import State
from tests.oracle.purchases import Facts
from tests.oracle.world import ONE_DAY, Rules, World, plus_months


def silent_sources(world: World, facts: dict[int, Facts], as_of: date, rules: Rules) -> set[str]:
    """Return sources that delivered within the last 30 days but nothing newer than three working days."""
    if not rules.feed_guard:
        return set()
    newest: dict[str, date] = {}
    for documents in world.documents.values():
        for document in documents:
            if document.day <= as_of:
                newest[document.source] = max(newest.get(document.source, document.day), document.day)
    oldest = as_of - timedelta(days=rules.feed_source_days)
    return {
        source
        for source, day in newest.items()
        if day > oldest and working_days_after(world, day, as_of) > rules.feed_working_days
    }


def working_days_after(world: World, day: date, as_of: date) -> int:
    """Count working days later than `day`, up to and with `as_of`."""
    count = 0
    while day < as_of:
        day += ONE_DAY
        count += world.is_working(day)
    return count


def watched(facts: dict[int, Facts], states: dict[int, State]) -> dict[int, Facts]:
    """Leave out the archived: they are in no guard."""
    return {number: known for number, known in facts.items() if states[number].status != "archived"}


def recent_buyers(facts: dict[int, Facts], as_of: date) -> int:
    """Count clients with a purchase in the last 12 months, reckoned forward from the purchase."""
    return sum(known.last is not None and plus_months(known.last, 12) > as_of for known in facts.values())


def too_many(tonight: int, within_30_days: int, base: int, as_month_end: bool, rules: Rules) -> bool:
    """Say whether the size guard turns tonight's hand-overs into an approval list."""
    if not rules.size_guard or not tonight:
        return False
    limit = rules.size_month_end if as_month_end else rules.size_night
    in_one_night = tonight > limit * base and tonight > rules.size_min_clients
    in_30_days = within_30_days > rules.size_30_days * base and within_30_days > rules.size_min_clients
    return in_one_night or (in_30_days and not as_month_end)


def rewritten(known: dict[int, date | None], facts: dict[int, Facts], last_night: date | None, rules: Rules) -> bool:
    """Say whether imports changed the last purchase of too many clients to a day before the last done night."""
    if last_night is None:
        return False
    changed = sum(
        facts_now.last != known.get(number) and facts_now.last is not None and facts_now.last < last_night
        for number, facts_now in facts.items()
    )
    buyers = sum(facts_now.last is not None for facts_now in facts.values())
    return changed > Fraction(rules.backlog_share) * buyers

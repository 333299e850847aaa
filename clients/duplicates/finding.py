"""The search for clients that may be one: nightly over those that changed, whole once a week and on demand (R6, R7)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from clients.duplicates import keys
from clients.models import DuplicateSearch
from salescrm.base import locks, sql
from salescrm.base.jobs import Refused

APP = "clients"
LEAST = 50  # likeness from which a pair is shown
MOST = 20  # clients with a value: one that more have is a landlord's phone or a common name, and says nothing
MOST_OF_BLOCK = 200  # clients with a piece of a name: similar names are looked for among at most so many
SIMILAR_FROM = 0.6  # trigram similarity of names that counts
WHOLE_DAYS = 7  # a whole search is due: values that were deleted leave no trace in the field history


def search(
    day: date, *, whole: bool = False, tell: Callable[[int, int, str], None] = lambda done, total, stage: None
) -> DuplicateSearch:
    """Compare the clients changed since the last search (or all) with all and write the pairs; Refused when busy.

    1. Write the keys of the clients to compare, some thousands at a time: a person who joins two waits for no search.
    2. Match, weigh and measure: a few statements, each into a table of its own, so that the planner knows its size.
    3. Write pairs and reasons, drop open pairs that are none any more. Decisions stay.
    A search that was killed is done again by the next one: the marks are kept only at its end.
    """
    whole = whole or _whole_is_due(day)
    marks = sql.row(APP, "read_duplicate_marks")
    gathered = sql.rows(APP, "gather_duplicate_clients", {"everybody": whole} | _seen_before(marks))
    compared = [row["client_id"] for row in gathered]
    keys.write(compared, lambda done: tell(done, len(compared), _("reading names")))
    tell(len(compared), len(compared), _("comparing"))
    with transaction.atomic():
        pairs = _compare(compared, day, sweep=whole)
        return DuplicateSearch.objects.create(day=day, is_whole=whole, compared=len(compared), pairs=pairs, marks=marks)


def _compare(clients: list[int], day: date, *, sweep: bool) -> int:
    """Compare these clients with all and write what was found; return the number of pairs."""
    if not locks.try_lock(locks.Key.DUPLICATES):
        raise Refused(_("Another search for duplicates is running."))
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL work_mem = '128MB'")
    sql.run(APP, "drop_duplicate_tables")
    sql.run(APP, "keep_duplicate_clients", {"clients": clients})
    sql.run(APP, "analyze_duplicate_keys")
    if sweep:
        sql.run(APP, "drop_lost_duplicate_keys")
    sql.run(APP, "share_duplicate_values", {"most": MOST, "most_of_block": MOST_OF_BLOCK})
    sql.run(APP, "analyze_duplicate_values")
    sql.run(APP, "match_duplicates")
    sql.run(APP, "analyze_duplicate_matches")
    sql.run(APP, "know_duplicates", {"similar_from": SIMILAR_FROM})
    sql.run(APP, "analyze_known_duplicates")
    sql.run(APP, "weigh_duplicates", {"similar_from": SIMILAR_FROM})
    pairs = sql.run(APP, "measure_duplicates", {"least": LEAST})
    sql.run(APP, "write_duplicate_pairs", {"day": day})
    for name in ("drop_lost_duplicate_pairs", "drop_old_duplicate_reasons", "write_duplicate_reasons"):
        sql.run(APP, name)
    return pairs


def _whole_is_due(day: date) -> bool:
    return not DuplicateSearch.objects.filter(is_whole=True, day__gt=day - timedelta(days=WHOLE_DAYS)).exists()


def _seen_before(marks: dict[str, int]) -> dict[str, int]:
    """Return the marks to go on from: not the last search's, a row of the history may have been on its way then."""
    earlier = DuplicateSearch.objects.order_by("-pk").values_list("marks", flat=True)[:2]
    return dict(earlier[1]) if len(earlier) > 1 else dict.fromkeys(marks, 0)


def told(search: DuplicateSearch) -> dict[str, Any]:
    """Return what a search did, as the result of its job."""
    return {"compared": search.compared, "pairs": search.pairs, "whole": search.is_whole}

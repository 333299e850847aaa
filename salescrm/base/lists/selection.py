"""Which rows a bulk action or a link means: those ticked on the page, or the whole filtered list."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import QueryDict

from salescrm.base.lists.state import ListState

if TYPE_CHECKING:
    from django.db.models import QuerySet

MOST_TICKED = 1_000


def is_whole(params: QueryDict) -> bool:
    """Say whether "select all N" was chosen."""
    return params.get("all") == "1"


def selected(rows: QuerySet[Any], state: ListState, params: QueryDict) -> QuerySet[Any]:
    """Keep what is selected: with `all=1` everything the list's URL keeps, else the ticked `ids`."""
    if is_whole(params):
        return state.narrow(rows, whole=True)
    ticked = [int(text) for text in params.getlist("ids")[:MOST_TICKED] if text.isdecimal() and len(text) < 19]
    return rows.filter(pk__in=ticked)

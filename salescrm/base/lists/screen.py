"""The page of a list: what stands around its rows, and the answer to a browser and to htmx.

The templates lists/acts.html, top.html, head.html, tail.html and answer.html draw it from the context made here.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.http import QueryDict
from django.shortcuts import render

from salescrm.base.lists import builder, views
from salescrm.base.lists.requests import wants_part
from salescrm.base.lists.state import ListState

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

Ready = tuple[str, str, str]  # a ready view: label, query, icon
PARTS = ("columns", "export", "filters", "groups", "totals", "width")  # addresses that take the state along


def around(state: ListState, ready: Sequence[Ready]) -> dict[str, Any]:
    """What stands around the rows: tabs, saved views, chips, and the addresses of the dialogs."""
    query = state.query()
    return {
        "state": state,
        "place": query,
        "columns": {column.key: column for column in state.spec.columns},
        "cells": [column.key for column in state.shown if not column.fixed],
        "sort": state.sort or state.spec.default_sort,
        "tabs": tabs(state, ready),
        "saved": views.bar(state),
        "chips": state.chips(),
        "hidden": state.hidden(but=["q"]),
        "fault": builder.fault(state),
        "urls": {part: f"{state.spec.url(part)}?{query}" for part in PARTS} | {"counts": state.spec.url("counts")},
    }


def tabs(state: ListState, ready: Sequence[Ready]) -> list[dict[str, Any]]:
    """The ready views with their addresses; the order and columns chosen stay, those of a saved view stay with it."""
    found = []
    for label, query, icon in ready:
        other = ListState.read(state.spec, QueryDict(query), state.here)
        if not state.view:
            other.sort, other.columns = state.sort, state.columns
        is_current = not state.view and other.selection() == state.selection()
        found.append({"label": label, "url": f"?{other.query()}", "icon": icon, "current": is_current, "state": other})
    return found


def answer(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    """Draw the page; htmx gets the rows with the chips and tabs around them, and the address they stand for."""
    if not wants_part(request):
        return render(request, template, context)
    part = render(request, f"{template}#answer", context)
    part.headers["HX-Push-Url"] = f"{request.path}?{context['state'].query(place=True)}"
    return part

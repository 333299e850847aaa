"""The dialogs that narrow a list: its filters, and the groups of conditions.

The groups are a form drawn again after each change, applied by its last button. Its fields are the names of the URL;
besides, `g1.open` names a condition that is shown though it says nothing yet.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from salescrm.base.lists import groups
from salescrm.base.lists.groups import MOST, MOST_CONDITIONS
from salescrm.base.lists.requests import wants_part
from salescrm.base.lists.state import ListState

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse, QueryDict


def choose(request: HttpRequest, state: ListState) -> HttpResponse:
    """Show the dialog of filters; applied, it leads to the list under its shortest address."""
    said = fault(state)
    if "apply" in request.GET and not said:
        return redirect(f"{state.spec.url('list')}?{state.query()}")
    context = {
        "page_title": _("Filters"),
        "fields": state.fields(),
        "apply_url": request.path,
        "hidden": state.hidden(but=[key for key, one in state.filters.items() if one.offered]),
        "fault": said,
    }
    return render(request, "lists/filters.html", context, status=422 if said else 200)


def answer(request: HttpRequest, state: ListState) -> HttpResponse:
    """Show the dialog of groups, draw it again after a change, or lead to the list under its shortest address."""
    said = fault(state)
    is_change = "do" in request.GET
    if "apply" in request.GET and not is_change and not said:
        return redirect(f"{state.spec.url('list')}?{state.query()}")
    context = {
        "page_title": _("Groups of conditions"),
        "apply_url": request.path,
        "hidden": state.hidden(but=[*state.groups.said(), "join"]),
        "fault": said,
        **form(state, read(state, request.GET)),
    }
    name = "lists/groups.html#groups" if is_change and wants_part(request) else "lists/groups.html"
    return render(request, name, context, status=422 if said and not is_change else 200)


@dataclass
class Draft:
    """A group while it is being built: the conditions shown, in the order they were added."""

    kind: str
    keys: list[str]
    values: dict[str, Any]
    focus: str = ""  # what the person has just asked for


def read(state: ListState, params: QueryDict) -> list[Draft]:
    """Read the form, or the address when nothing was changed yet, and do what its button asks for (`do`)."""
    drafts = [_draft(state, params, number) for number in groups.numbers(params)]
    act, _colon, name = params.get("do", "").partition(":")
    at = int(name[1]) - 1 if name[:1] == "g" and name[1:2].isdecimal() else -1
    key = name[3:]
    if act == "group" and len(drafts) < MOST:
        drafts.append(Draft(groups.ANY, [], {}, focus="group"))
    elif not 0 <= at < len(drafts):
        pass
    elif act == "add":
        _add(state, drafts[at], params.get(f"{name}.add", ""))
    elif act == "drop" and key:
        drafts[at].keys = [one for one in drafts[at].keys if one != key]
        drafts[at].focus = "group"
    elif act == "drop":
        del drafts[at]
    return drafts or [Draft(groups.ANY, [], {})]


def _draft(state: ListState, params: QueryDict, number: int) -> Draft:
    values, _faults = groups.read_group(state.filters, params, state.here, number)
    opened = [key for key in params.getlist(f"g{number}.open") if key in state.filters and state.filters[key].offered]
    keys = list(dict.fromkeys([*opened, *values]))[:MOST_CONDITIONS]
    return Draft(groups.kind_of(params, number), keys, values)


def _add(state: ListState, draft: Draft, key: str) -> None:
    one = state.filters.get(key)
    if one and one.offered and key not in draft.keys and len(draft.keys) < MOST_CONDITIONS:
        draft.keys.append(key)
        draft.focus = key


def form(state: ListState, drafts: list[Draft]) -> dict[str, Any]:
    """What the dialog shows."""
    return {
        "groups": [_shown(state, draft, f"g{number}") for number, draft in enumerate(drafts, start=1)],
        "joins": [(value, word, value == state.groups.join) for value, word in _joins()],
        "may_add": len(drafts) < MOST,
    }


def _shown(state: ListState, draft: Draft, name: str) -> dict[str, Any]:
    offered = [one for one in state.filters.values() if one.offered]
    conditions = [state.filters[key].field(draft.values.get(key), state.here) for key in draft.keys]
    words = {groups.ALL: _("all of the conditions"), groups.ANY: _("any of the conditions")}
    return {
        "name": name,
        "kinds": [(kind, word, kind == draft.kind) for kind, word in words.items()],
        "conditions": [
            {"plain": one["key"], "field": one | {"key": f"{name}.{one['key']}"}, "focus": one["key"] == draft.focus}
            for one in conditions
        ],
        "left": [one for one in offered if one.key not in draft.keys] if len(draft.keys) < MOST_CONDITIONS else [],
        "focus": draft.focus == "group",
    }


def _joins() -> list[tuple[str, str]]:
    return [(groups.OR, _("any of the groups")), (groups.AND, _("all of the groups"))]


def fault(state: ListState) -> str:
    """Say which conditions made no sense and are left out; empty when all did."""
    names = list(dict.fromkeys(state.faults))
    text = ngettext("Not understood and left out: %s", "Not understood and left out: %s", len(names))
    return text % ", ".join(names) if names else ""

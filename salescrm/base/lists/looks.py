"""How a person likes to see each list: its columns in their order, and their widths; kept with the person's record."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django.contrib.auth import get_user_model
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from salescrm.base.lists.requests import wants_part
from salescrm.base.lists.state import Column, ListState

LEAST, MOST = 48, 800  # pixels of a column


def mark_view(person: Any, name: str, view: int, act: str) -> None:
    """Put the tab of a view away (`unpin`) or back (`pin`), or let the list open with it (`default`: on, else off)."""

    def mark(look: dict[str, Any]) -> None:
        if act in ("pin", "unpin"):
            left = [one for one in look.get("unpinned", []) if one != view]
            look["unpinned"] = [*left, view] if act == "unpin" else left
        elif act == "default":
            look["default"] = None if look.get("default") == view else view

    _change(person, name, mark)


def keep(person: Any, name: str, *, columns: Sequence[str] | None = None, widths: dict[str, int | None]) -> None:
    """Keep the columns (if given) and these widths (None: none any more) of a list."""

    def mark(look: dict[str, Any]) -> None:
        if columns is not None:
            look["columns"] = list(columns)
        known = look.get("widths", {}) | widths
        look["widths"] = {key: width for key, width in known.items() if width is not None}

    _change(person, name, mark)


@transaction.atomic
def _change(person: Any, name: str, mark: Callable[[dict[str, Any]], None]) -> None:
    """Change what is kept for one list on the locked row of the person, and on the person in hand."""
    found = get_user_model()._default_manager.select_for_update(of=("self",), no_key=True).get(pk=person.pk)
    mark(found.looks.setdefault(name, {}))
    found.save(update_fields=["looks"])
    person.looks = found.looks


def set_width(request: HttpRequest, state: ListState) -> HttpResponse:
    """Keep the width of one column, or forget it when none is sent."""
    key, text = request.POST.get("column", ""), request.POST.get("width", "")
    is_number = text.isascii() and text.isdigit() and len(text) < 6
    if key not in {column.key for column in state.spec.columns} or not (is_number or not text):
        return HttpResponseBadRequest()
    keep(state.here.person, state.look_name, widths={key: min(max(int(text), LEAST), MOST) if text else None})
    return HttpResponse(status=204)


def choose(request: HttpRequest, state: ListState) -> HttpResponse:
    """Show the dialog of columns, draw it again after a move (`do`), or keep what was chosen and go to the list."""
    act, _colon, moved = request.POST.get("do", "").partition(":")
    if request.method == "POST" and act in ("", "reset"):
        return redirect(f"{state.spec.url('list')}?{_chosen(request, state, is_reset=act == 'reset')}")
    columns = _moved(_ordered(request, state), act, moved)
    on = set(request.POST.getlist("col")) if act else {column.key for column in state.shown}
    context = {
        "page_title": _("Columns"),
        "columns": [(column, column.key in on, column.key == moved) for column in columns],
        "act": act,
        "apply_url": request.get_full_path(),
    }
    is_part = bool(act) and wants_part(request)
    return render(request, "lists/columns.html#columns" if is_part else "lists/columns.html", context)


def _chosen(request: HttpRequest, state: ListState, *, is_reset: bool) -> str:
    """Keep the columns for the person; on a view they are a change of it. Return the query of the list."""
    person, picked = state.here.person, set(request.POST.getlist("col"))
    columns = [one.key for one in _ordered(request, state) if one.key in picked and not is_reset]
    if is_reset or not state.view:
        widths = dict.fromkeys((one.key for one in state.spec.columns), None) if is_reset else {}
        keep(person, state.look_name, columns=columns, widths=widths)
    if not state.view:
        return state.query(cols=None)
    return state.query(cols=state.kept.get("cols", [""])[0] if is_reset else ",".join(columns))


def _ordered(request: HttpRequest, state: ListState) -> list[Column]:
    """Return the columns a person may choose: as the form has them, at first the shown ones before the others."""
    keys = request.POST.getlist("order") or [column.key for column in state.shown]
    free = {column.key: column for column in state.spec.columns if not column.fixed}
    first = [free[key] for key in dict.fromkeys(keys) if key in free]
    return first + [column for column in free.values() if column not in first]


def _moved(columns: list[Column], act: str, key: str) -> list[Column]:
    at = next((at for at, column in enumerate(columns) if column.key == key), None)
    to = {"up": -1, "down": 1}.get(act)
    if at is not None and to is not None and 0 <= at + to < len(columns):
        columns[at], columns[at + to] = columns[at + to], columns[at]
    return columns

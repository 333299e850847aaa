"""How a person likes to see each list: its columns in their order, and their widths; kept with the person's record."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib.auth import get_user_model
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from salescrm.base.lists.requests import wants_part
from salescrm.base.lists.state import Column, ListState

LEAST, MOST = 48, 800  # pixels of a column


@transaction.atomic
def keep(person: Any, name: str, *, columns: Sequence[str] | None = None, widths: dict[str, int | None]) -> None:
    """Keep the columns (if given) and these widths (None: none any more) of a list; the person's row is locked."""
    found = get_user_model()._default_manager.select_for_update(of=("self",), no_key=True).get(pk=person.pk)
    looks: dict[str, Any] = found.looks
    look = looks.setdefault(name, {})
    if columns is not None:
        look["columns"] = list(columns)
    known = look.get("widths", {}) | widths
    look["widths"] = {key: width for key, width in known.items() if width is not None}
    found.save(update_fields=["looks"])


def set_width(request: HttpRequest, state: ListState) -> HttpResponse:
    """Keep the width of one column, or forget it when none is sent."""
    key, text = request.POST.get("column", ""), request.POST.get("width", "")
    is_number = text.isascii() and text.isdigit() and len(text) < 6
    if key not in {column.key for column in state.spec.columns} or not (is_number or not text):
        return HttpResponseBadRequest()
    keep(state.here.person, state.spec.name, widths={key: min(max(int(text), LEAST), MOST) if text else None})
    return HttpResponse(status=204)


def choose(request: HttpRequest, state: ListState, list_url: str) -> HttpResponse:
    """Show the dialog of columns, draw it again after a move (`do`), or keep what was chosen and go to the list."""
    act, _colon, moved = request.POST.get("do", "").partition(":")
    if request.method == "POST" and act in ("", "reset"):
        spec, person = state.spec, state.here.person
        if act == "reset":
            keep(person, spec.name, columns=(), widths={column.key: None for column in spec.columns})
        else:
            picked = set(request.POST.getlist("col"))
            keep(
                person, spec.name, columns=[one.key for one in _ordered(request, state) if one.key in picked], widths={}
            )
        return redirect(f"{list_url}?{state.query(cols=None)}")
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

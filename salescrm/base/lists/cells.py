"""Cells edited in place: the form of one field where the value stood; Enter keeps, Escape leaves, an error stays there.

A column says with which field of the room's form it is edited (`Column.field`), the room which rows the person may
change; it gives one address per cell, named beside the list's (`…:client-list` has `…:client-cell`), and hands what is
its own to `answer`. Without scripts the cell is a link to the form of the whole row.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django import forms
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from salescrm.base.lists.requests import wants_part
from salescrm.base.lists.state import Column, ListSpec, ListState
from salescrm.base.toasts import toast

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


PLAIN = "lists/cell.html"


@dataclass(frozen=True)
class Editing:
    """What a template needs: the rows that may be changed, and the names of the addresses of a cell and of a row."""

    rows: Collection[int]
    cell: str
    form: str


def editing(state: ListState, form: str, changeable: Callable[[], Collection[int]]) -> Editing:
    """Say what of a page is edited in place; which rows are `changeable` is asked only where a column shown can be."""
    is_any = any(column.field for column in state.shown)
    return Editing(changeable() if is_any else (), name_of_cell(state.spec), form)


def name_of_cell(spec: ListSpec) -> str:
    """Name the address of a cell: beside `clients:client-list` it is `clients:client-cell`."""
    return f"{spec.url_name.removesuffix('list')}cell"


def column_of(spec: ListSpec, key: str) -> Column:
    """Return the column of this name; 404 when it is not edited in place."""
    found = next((column for column in spec.columns if column.key == key and column.field), None)
    if found is None:
        raise Http404
    return found


@dataclass(frozen=True)
class Cell:
    """One cell of a row: `name` says whose for those who do not see it, `read` gives the row as it is now.

    `form` names the address of the row's own form; a `template` other than the plain one draws more than the value.
    """

    spec: ListSpec
    column: Column
    pk: int
    name: str
    form: str
    read: Callable[[], Any]
    template: str = PLAIN


def answer(
    request: HttpRequest, cell: Cell, form: forms.BaseForm, *, save: Callable[[], None], told: Callable[[], str]
) -> HttpResponse:
    """Show the cell's field of the form of its row, or keep what was sent for it.

    1. What stands there already is not written: a form sent twice changes once.
    2. Whose field was opened before somebody else's change of it is `told` so; sending it again is meant.
    3. Else a value that makes sense is saved.
    """
    known = _keep_only(form, cell)
    if request.method == "GET":
        return _shown(request, cell) if "shown" in request.GET else _asked(request, cell, form)
    is_valid = form.is_valid()
    if is_valid and cell.column.field not in form.changed_data:
        return _shown(request, cell, is_saved=True)
    if request.POST.get("seen") != known:
        form.add_error(cell.column.field, told())
        typed = request.POST.copy()
        typed["seen"] = known
        form.data = typed
    elif is_valid:
        save()
        return _shown(request, cell, is_saved=True)
    return _asked(request, cell, form)


def _keep_only(form: forms.BaseForm, cell: Cell) -> str:
    """Leave the one field and the mark of its value, and return that mark; 404 when the person has no such field."""
    name = cell.column.field
    if name not in form.fields:
        raise Http404
    for key in [key for key in form.fields if key not in (name, cell.column.beside, "seen")]:
        del form.fields[key]
    field = form.fields[name]
    if isinstance(field.widget, forms.RadioSelect):
        field.widget = forms.Select(choices=field.widget.choices)
    field.widget.attrs.pop("data-picker", None)
    field.widget.attrs |= {"aria-label": f"{cell.column.label}: {cell.name}", "data-focus": True}
    form.auto_id = f"cell-{cell.pk}-%s"
    known = hashlib.sha256(str(form.get_initial_for_field(field, name)).encode()).hexdigest()[:16]
    form.initial["seen"] = known
    return known


def _shown(request: HttpRequest, cell: Cell, *, is_saved: bool = False) -> HttpResponse:
    if not wants_part(request):
        if is_saved:
            toast(request, _("Saved"))
        return redirect(cell.spec.url("list"))
    row = cell.read()
    context = {
        "editing": Editing((cell.pk,), name_of_cell(cell.spec), cell.form),
        "row": row,
        "pk": cell.pk,
        "name": cell.name,
        "column": cell.column,
        "text": cell.column.value(row),
        "is_saved": is_saved,
        "has_focus": True,
    }
    return render(request, cell.template, context)


def _asked(request: HttpRequest, cell: Cell, form: forms.BaseForm) -> HttpResponse:
    context = {"form": form, "field": form[cell.column.field], "url": request.path, "label": cell.column.label}
    beside = cell.column.beside
    context["beside"] = form[beside] if beside and form.errors.get(beside) else None
    context |= {"page_title": f"{cell.name}: {cell.column.label}", "submit_label": _("Save")}
    template = "lists/cell_form.html" if wants_part(request) else "dialog.html"
    return render(request, template, context, status=422 if form.errors else 200)

"""The state of a list: what the URL says, cleaned, and the URLs that change one thing of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.db.models import Q
from django.http import QueryDict
from django.urls import reverse

from salescrm.base.lists import paging, saved
from salescrm.base.lists.filters import Choice, Filter, Here, read_texts, texts_of
from salescrm.base.lists.groups import Groups, join_words, kind_words
from salescrm.base.lists.paging import Cursor, Page, Sort
from salescrm.base.models import SavedView

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.utils.functional import _StrOrPromise

MOST_LETTERS = 100


@dataclass(frozen=True)
class Column:
    """A column: its name in the URL, its head, what an export writes; `fixed` ones cannot be hidden.

    `field` is that of the room's form with which its cells are edited in place (base.lists.cells); `beside` another one
    that is asked for when the form finds it lacking.
    """

    key: str
    label: _StrOrPromise
    value: Callable[[Any], Any]
    sort: str = ""
    number: bool = False
    shown: bool = True
    fixed: bool = False
    field: str = ""
    beside: str = ""


@dataclass(frozen=True)
class ListSpec:
    """A list: its name, columns, orders and filters, and what its search box finds (text, is the whole list read?).

    `others` are parameters of its address that are no filters and stay while one pages and searches. A list with a
    `url_name` and a place in settings.LISTS has saved views; `view` is then the parameter that names one. `bare` is the
    query a bare address stands for; where there is one, `?view=0` is the whole list.
    """

    name: str
    columns: Sequence[Column]
    sorts: Sequence[Sort]
    default_sort: str
    filters: Callable[[], Sequence[Filter]] = tuple
    search: Callable[[str, bool], Q] | None = None
    others: Sequence[str] = ()
    url_name: str = ""
    bare: str = ""
    size: int = 40  # rows of a page: 50 took more than four times an empty page

    def in_order(self, keys: Sequence[str]) -> tuple[str, ...]:
        """Return the keys of columns in the order asked for, the fixed ones first."""
        fixed = [column.key for column in self.columns if column.fixed]
        known = {column.key for column in self.columns}
        return tuple(dict.fromkeys([*fixed, *(key for key in keys if key in known)]))

    def url(self, part: str) -> str:
        """Return the address of a part of the list: of `clients:client-list` the "filters" are `…:client-filters`."""
        return reverse(f"{self.url_name.removesuffix('list')}{part}")

    def beside(self, name: str, *args: Any) -> str:
        """Return an address of the list's room."""
        return reverse(f"{self.url_name.partition(':')[0]}:{name}", args=args)


@dataclass
class ListState:
    """One person's look at a list."""

    spec: ListSpec
    here: Here
    groups: Groups
    q: str = ""
    values: dict[str, Any] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    sort: str = ""
    columns: tuple[str, ...] = ()
    look: dict[str, Any] = field(default_factory=dict)
    others: dict[str, str] = field(default_factory=dict)
    after: str = ""
    before: str = ""
    at: int = 1
    filters: dict[str, Filter] = field(default_factory=dict)
    view: SavedView | None = None
    kept: dict[str, list[str]] = field(default_factory=dict)  # what the view says

    @classmethod
    def read(cls, spec: ListSpec, params: QueryDict, here: Here) -> ListState:
        """Read the URL, over the view it names; 404 when the person sees no such view."""
        params = params or QueryDict(spec.bare)
        number = params.get("view", "") if spec.url_name else ""
        if number in ("", saved.NO_VIEW):
            return cls._read(spec, params, here)
        view = saved.get(here, spec.name, number)
        kept = cls._read(spec, QueryDict(view.query), here).said()
        return replace(cls._read(spec, saved.laid_over(view, params), here), view=view, kept=kept)

    @classmethod
    def _read(cls, spec: ListSpec, params: QueryDict, here: Here) -> ListState:
        """Read the parameters; whatever makes no sense is left out, `faults` names the filters of which it is."""
        filters = {one.key: one for one in spec.filters()}
        groups, faults = Groups.read(filters, params, here)
        state = cls(spec, here, groups, filters=filters)
        state.q = params.get("q", "").replace("\x00", "").strip()[:MOST_LETTERS] if spec.search else ""
        state.others = {name: text for name in spec.others if (text := params.get(name, ""))}
        for key, one in filters.items():
            texts = texts_of(params, key)
            value = read_texts(one, texts, here) if texts else None
            if value is not None:
                state.values[key] = value
            elif texts:
                state.faults.append(str(one.label))
        state.faults += faults
        sort = params.get("sort", "")
        state.sort = sort if sort.removeprefix("-") in {known.key for known in spec.sorts} else ""
        state.look = here.person.looks.get(spec.name, {})
        asked = params.get("cols", "")
        state.columns = spec.in_order(asked.split(",")) if asked else ()
        state.after, state.before = params.get("after", ""), params.get("before", "")
        at = params.get("at", "")
        state.at = int(at) if at.isdecimal() and len(at) < 10 else 1
        return state

    # --- rows ---------------------------------------------------------------------------------------------------

    def narrow(self, rows: QuerySet[Any], *, whole: bool = False) -> QuerySet[Any]:
        """Keep the rows that fit all filters and the search box; `whole`: all of them are going to be read at once."""
        for condition in self.conditions():
            rows = rows.filter(condition)
        return rows.filter(self.spec.search(self.q, whole)) if self.q and self.spec.search else rows

    def conditions(self) -> list[Q]:
        """What rows must fulfil, the search box apart: each filter, then the groups together."""
        found = [self.filters[key].condition(value, self.here) for key, value in self.values.items()]
        return [*found, self.groups.condition()] if self.groups else found

    def parts(self, rows: QuerySet[Any]) -> list[QuerySet[Any]]:
        """Split narrowed rows by the values of one filter when an index leads from each value to the order in force.

        "B or C by turnover" is two ranges of the index (class, turnover); asked for at once it would be none.
        """
        sort, _descending = self.order
        for key, value in self.values.items():
            one = self.filters[key]
            if isinstance(one, Choice) and sort.key in one.spread and len(value) > 1:
                return [rows.filter(part) for part in one.parts(value, self.here)]
        return [rows]

    @property
    def order(self) -> tuple[Sort, bool]:
        """The order in force and whether it goes down."""
        chosen = self.sort or self.spec.default_sort
        sort = next(one for one in self.spec.sorts if one.key == chosen.removeprefix("-"))
        return sort, chosen.startswith("-")

    def page(self, rows: QuerySet[Any], size: int | None = None) -> Page:
        """Read the page the URL points to, of narrowed rows."""
        sort, descending = self.order
        cursor, parts = self.cursor(rows), self.parts(rows)
        return paging.page(parts, sort, descending=descending, cursor=cursor, size=size or self.spec.size)

    def cursor(self, rows: QuerySet[Any]) -> Cursor:
        """Say from where the page goes."""
        sort, _descending = self.order
        if self.before == "end":
            return Cursor(forward=False)
        text = self.before or self.after
        if not text:
            return Cursor()
        return paging.read(text, paging.key_field(rows, sort.path), forward=not self.before)

    # --- words and addresses ----------------------------------------------------------------------------------------

    @property
    def shown(self) -> list[Column]:
        """The columns to show in their order: those of the URL, else those the person keeps, else those of the list."""
        kept = None if self.view else self.look.get("columns")
        keys = self.columns or (self.spec.in_order(kept) if kept else ())
        if not keys:
            return [column for column in self.spec.columns if column.shown or column.fixed]
        known = {column.key: column for column in self.spec.columns}
        return [known[key] for key in keys]

    @property
    def heads(self) -> list[tuple[Column, int | None]]:
        """The columns shown, each with the width the person has set."""
        return [(column, self.widths.get(column.key)) for column in self.shown]

    @property
    def widths(self) -> dict[str, int]:
        """The widths of columns: the person's, on a view over those of the view."""
        own: dict[str, int] = self.here.person.looks.get(self.look_name, {}).get("widths", {})
        return self.view.widths | own if self.view else own

    @property
    def look_name(self) -> str:
        """Under what name the person's look is kept."""
        return f"{self.spec.name}:{self.view.pk}" if self.view else self.spec.name

    @property
    def is_narrowed(self) -> bool:
        """Say whether any filter or search holds."""
        return bool(self.q or self.values or self.groups)

    def selection(self) -> dict[str, list[str]]:
        """The part of the URL that says which rows: search, filters and groups."""
        said = {key: self.filters[key].texts(value) for key, value in sorted(self.values.items())}
        return ({"q": [self.q]} if self.q else {}) | said | self.groups.said()

    def said(self) -> dict[str, list[str]]:
        """The whole state as names and texts of the URL, the place in the list apart."""
        said = {name: [value] for name, value in self.others.items()} | self.selection()
        said |= {"sort": [self.sort]} if self.sort else {}
        return said | ({"cols": [",".join(self.columns)]} if self.columns else {})

    def query(self, *, place: bool = False, whole: bool = False, **changes: str | int | None) -> str:
        """The canonical query string with changes (None takes out); the place in the list only when asked for.

        On a view it is the view and what differs from it; `whole` says everything without it.
        """
        said = self.said()
        if place:
            said |= {name: [value] for name, value in (("after", self.after), ("before", self.before)) if value}
            said |= {"at": [str(self.at)]} if self.at != 1 else {}
        for name, value in changes.items():
            said.pop(name, None)
            if value is not None and value != "":
                said[name] = [str(value)]
        if self.view and not whole:
            said = self._beyond(self.view, said)
        elif not said and (self.spec.bare or (not whole and self.look.get("default"))):
            said = {"view": [saved.NO_VIEW]}
        return urlencode(said, doseq=True, safe="._,:*")

    def _beyond(self, view: SavedView, said: dict[str, list[str]]) -> dict[str, list[str]]:
        """Say the view and what differs from it: a name it has and the state has not is empty; groups go together."""
        found = {"view": [str(view.pk)]}
        found |= {name: [""] for name in self.kept if name not in said and not saved.is_of_groups(name)}
        found |= {k: v for k, v in said.items() if self.kept.get(k) != v and not saved.is_of_groups(k)}
        now, before = ({k: v for k, v in one.items() if saved.is_of_groups(k)} for one in (said, self.kept))
        return found | (now or {"g1": [""]}) if now != before else found

    @property
    def is_changed(self) -> bool:
        """Say whether the state differs from its view."""
        return self.view is not None and self.said() != self.kept

    def without(self, name: str) -> str:
        """Return the query string without one filter."""
        gone: dict[str, Any] = {name: None}
        return self.query(**gone)

    def cleared(self) -> str:
        """Return the query string of the whole list in the same look."""
        return replace(self, q="", values={}, groups=Groups(self.filters, self.here), view=None).query()

    def chips(self) -> list[dict[str, Any]]:
        """The filters and groups that hold, in words, each with the URL without it."""
        chips: list[dict[str, Any]] = [
            {
                "label": self.filters[key].label,
                "value": self.filters[key].words(value, self.here),
                "remove_url": f"?{self.without(key)}",
            }
            for key, value in self.values.items()
        ]
        for at, group in enumerate(self.groups.groups):
            left = replace(self, groups=self.groups.without(at))
            joined = join_words()[self.groups.join] if at else ""
            label, words = kind_words()[group.kind], self.groups.words(group)
            chips.append(
                {"label": label, "value": words, "remove_url": f"?{left.query()}", "group": True, "join": joined}
            )
        return chips

    def fields(self) -> list[dict[str, Any]]:
        """The fields of the dialog of filters."""
        offered = [one for one in self.filters.values() if one.offered]
        return [one.field(self.values.get(one.key), self.here) for one in offered]

    def hidden(self, *, but: Sequence[str] = ()) -> list[tuple[str, str]]:
        """The state as hidden fields of a form that changes the names in `but`.

        A filter of the view that the form does not send (nothing is ticked) is taken out, so it is sent empty as well.
        """
        params = QueryDict(self.query())
        gone = [(name, "") for name in but if name in self.kept and name in self.filters]
        return gone + [(name, value) for name in params if name not in but for value in params.getlist(name)]

    def pager(self, page: Page) -> dict[str, Any]:
        """What the pager shows: where the page lies (0: not known) and the URLs of its neighbours and of both ends."""
        start = 1 if not page.has_before else 0 if self.before == "end" else self.at
        back = max(1, start - self.spec.size) if start else 0
        onward = start + len(page.ids) if start else 0
        return {
            "first": start if page.ids else 0,
            "last": onward - 1 if start else 0,
            "count": len(page.ids),
            "first_url": f"?{self.query()}" if page.has_before else "",
            "prev_url": f"?{self.query(before=paging.write(page.first), at=back)}"
            if page.first and page.has_before
            else "",
            "next_url": f"?{self.query(after=paging.write(page.last), at=onward)}"
            if page.last and page.has_after
            else "",
            "last_url": f"?{self.query(before='end')}" if page.has_after else "",
        }

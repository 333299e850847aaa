"""Filters of lists: each reads its part of the URL and says its condition, the words of its chip and its field.

A value in the URL that makes no sense (a person may have typed it) is left out, never an error page.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any, TypeVar, cast

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from salescrm.base import show
from salescrm.base.periods import add_months

if TYPE_CHECKING:
    from django.http import QueryDict
    from django.utils.functional import _StrOrPromise

NONE, SET = "none", "any"
LARGEST = Decimal(10) ** 15
RELATIVE = re.compile(r"([+-])(\d{1,4})([dm])")
Choices = list[tuple[str, str]]
Read = TypeVar("Read")


@dataclass(frozen=True)
class Here:
    """Who looks at a list, and on which day; `known` keeps what was read already for this look."""

    person: Any
    today: date
    known: dict[Callable[[Here], Any], Any] = field(default_factory=dict, compare=False, repr=False)

    def once(self, read: Callable[[Here], Read]) -> Read:
        """Return what `read` gives, called once for one look at the list; the function itself is the key."""
        if read not in self.known:
            self.known[read] = read(self)
        return cast("Read", self.known[read])


@dataclass(frozen=True)
class Filter:
    """What all filters have: their name in the URL, their label, whether the dialog offers them.

    `reads` are append-only models (`app.Model`) whose rows decide what the filter keeps, beside those of the list;
    rows of `watches` decide too, and are changed in their place.
    """

    key: str
    label: _StrOrPromise
    offered: bool = True
    reads: tuple[str, ...] = ()
    watches: tuple[str, ...] = ()

    def read(self, texts: Sequence[str], here: Here) -> Any:
        """Return the value of the URL's texts; raise ValueError when they make no sense."""
        raise NotImplementedError

    def condition(self, value: Any, here: Here) -> Q:
        """Return what rows must fulfil."""
        raise NotImplementedError

    def words(self, value: Any, here: Here) -> str:
        """Say the value in the chip."""
        raise NotImplementedError

    def texts(self, value: Any) -> list[str]:
        """Write the value for the URL."""
        return [str(value)]

    def field(self, value: Any, here: Here) -> dict[str, Any]:
        """Describe the field of the dialog."""
        return {"kind": "none", "key": self.key, "label": self.label}


@dataclass(frozen=True)
class Choice(Filter):
    """One or several of given values of `path`; the value `none` keeps rows where it is empty (`empty` says how).

    Where the choices are rows of a table, `pattern` says what a value looks like, so that reading the URL asks nothing.
    """

    path: str = ""
    choices: Callable[[Here], Choices] = lambda here: []
    empty: Q | None = None
    own: Callable[[str, Here], Q] | None = None
    url_name: str = ""
    pattern: str = ""
    known: tuple[tuple[str, _StrOrPromise], ...] = ()  # words that need no look at the table
    spread: tuple[str, ...] = ()  # orders that have an index behind this column: several values are read one by one

    def options(self, here: Here) -> Choices:
        """Return the choices, read once for one look at the list."""
        return here.once(self.choices)

    def parts(self, value: tuple[str, ...], here: Here) -> list[Q]:
        """One condition per value."""
        return [self.condition((one,), here) for one in value]

    def read(self, texts: Sequence[str], here: Here) -> tuple[str, ...]:
        """Keep the texts that fit the pattern, or are among the choices."""
        asked = [text for text in dict.fromkeys(texts) if text and "\x00" not in text]
        fits = re.compile(self.pattern).fullmatch if self.pattern else dict(self.options(here)).__contains__
        known = [text for text in asked if fits(text)]
        if not known:
            raise ValueError(texts)
        return tuple(known[:100])

    def condition(self, value: tuple[str, ...], here: Here) -> Q:
        """Any of the values."""
        if self.own:
            found = Q()
            for one in value:
                found |= self.own(one, here)
            return found
        given = [one for one in value if one != NONE or self.empty is None]
        found = Q(**{f"{self.path}__in": given}) if len(given) > 1 else Q(**{self.path: given[0]}) if given else Q()
        return found | self.empty if self.empty is not None and NONE in value else found

    def words(self, value: tuple[str, ...], here: Here) -> str:
        """Join the names of the values by "or"."""
        names = dict(self.known)
        if not self.url_name and any(one not in names for one in value[:3]):
            names |= dict(self.options(here))
        shown = [str(names.get(one, one)) for one in value[:3]]
        more = [ngettext("%d more", "%d more", len(value) - 3) % (len(value) - 3)] if len(value) > 3 else []
        return _(" or ").join(shown + more)

    def texts(self, value: tuple[str, ...]) -> list[str]:
        """Write one text per value."""
        return list(value)

    def field(self, value: tuple[str, ...] | None, here: Here) -> dict[str, Any]:
        """Describe tick boxes for few choices, a picker for many."""
        chosen = value or ()
        options = self.options(here) if not self.url_name else [(one, one) for one in chosen]
        marked = [(one, text, one in chosen) for one, text in options]
        kind = "picker" if self.url_name or len(options) > 12 else "ticks"
        return {"kind": kind, "key": self.key, "label": self.label, "options": marked, "url_name": self.url_name}


@dataclass(frozen=True)
class Flag(Filter):
    """Yes or no."""

    path: str = ""

    def read(self, texts: Sequence[str], here: Here) -> bool:
        """Read `yes` or `no`."""
        if texts[0] not in ("yes", "no"):
            raise ValueError(texts)
        return texts[0] == "yes"

    def condition(self, value: bool, here: Here) -> Q:
        """Compare the column."""
        return Q(**{self.path: value})

    def words(self, value: bool, here: Here) -> str:
        """Say yes or no."""
        return _("yes") if value else _("no")

    def texts(self, value: bool) -> list[str]:
        """Write `yes` or `no`."""
        return ["yes" if value else "no"]

    def field(self, value: bool | None, here: Here) -> dict[str, Any]:
        """Describe three radio buttons: any, yes, no."""
        options = [("", _("any"), value is None), ("yes", _("yes"), value is True), ("no", _("no"), value is False)]
        return {"kind": "radio", "key": self.key, "label": self.label, "options": options}


Ends = tuple[str, str]


def ends(texts: Sequence[str]) -> Ends:
    """Split `from..to`; either may be empty, not both. Raises ValueError otherwise."""
    start, dots, end = texts[0].strip().partition("..")
    if not dots or not (start or end):
        raise ValueError(texts)
    return start.strip(), end.strip()


@dataclass(frozen=True)
class NumberRange(Filter):
    """Numbers from..to, both included."""

    path: str = ""

    def read(self, texts: Sequence[str], here: Here) -> Ends:
        """Read two numbers, either of them empty."""
        start, end = ends(texts)
        return self._number(start), self._number(end)

    @staticmethod
    def _number(text: str) -> str:
        if not text:
            return ""
        plain = re.sub(r"[\s\u00a0\u202f]", "", text).replace(",", ".").replace("\N{MINUS SIGN}", "-")
        try:
            number = Decimal(plain)
        except InvalidOperation:
            raise ValueError(text) from None
        if not number.is_finite() or abs(number) > LARGEST:
            raise ValueError(text)
        return format(number, "f")

    def condition(self, value: Ends, here: Here) -> Q:
        """Compare both ends that are given."""
        low = Q(**{f"{self.path}__gte": Decimal(value[0])}) if value[0] else Q()
        return low & (Q(**{f"{self.path}__lte": Decimal(value[1])}) if value[1] else Q())

    def words(self, value: Ends, here: Here) -> str:
        """Say "10,000 – 50,000", "from 10,000", "up to 50,000"."""
        return between(*(show.number(Decimal(one)) if one else "" for one in value))

    def texts(self, value: Ends) -> list[str]:
        """Write from..to."""
        return ["..".join(value)]

    def field(self, value: Ends | None, here: Here) -> dict[str, Any]:
        """Describe two number fields."""
        start, end = value or ("", "")
        return {"kind": "numbers", "key": self.key, "label": self.label, "start": start, "end": end}


def between(start: str, end: str) -> str:
    """Say a range whose ends are words already, either of them empty."""
    if start and end:
        return f"{start} – {end}"
    return _("from %s") % start if start else _("up to %s") % end


@dataclass(frozen=True)
class DateRange(Filter):
    """Days from..to, both included; an end is a date or relative to today: -3m, -10d, +10d.

    `presets` are ready values with their words; rows without a date are never in a range. Instead of a range the text
    may be `none` (no date) or `any` (some date).
    """

    path: str = ""
    presets: tuple[tuple[str, _StrOrPromise], ...] = ()

    @staticmethod
    def is_range(text: str) -> bool:
        """Say whether the text is a range, not a question whether there is a date at all."""
        return text not in (NONE, SET)

    def read(self, texts: Sequence[str], here: Here) -> Ends:
        """Check that both ends are days."""
        if not self.is_range(texts[0]):
            return texts[0], ""
        start, end = ends(texts)
        for one in (start, end):
            if one:
                day_of(one, here.today)
        return start, end

    def condition(self, value: Ends, here: Here) -> Q:
        """Compare both ends that are given."""
        if not self.is_range(value[0]):
            return Q(**{f"{self.path}__isnull": value[0] == NONE})
        low = Q(**{f"{self.path}__gte": day_of(value[0], here.today)}) if value[0] else Q()
        return low & (Q(**{f"{self.path}__lte": day_of(value[1], here.today)}) if value[1] else Q())

    def words(self, value: Ends, here: Here) -> str:
        """Say the preset's words, or the days."""
        ready = dict(self.presets).get(self.texts(value)[0]) or {NONE: _("not set"), SET: _("set")}.get(value[0])
        return str(ready) if ready else between(*(show.day(day_of(one, here.today)) if one else "" for one in value))

    def texts(self, value: Ends) -> list[str]:
        """Write from..to."""
        return ["..".join(value) if self.is_range(value[0]) else value[0]]

    def field(self, value: Ends | None, here: Here) -> dict[str, Any]:
        """Describe a choice of presets and two date fields."""
        text = self.texts(value)[0] if value else ""
        ready = not self.is_range(text) or text in dict(self.presets)
        days = ["" if ready or not one else day_of(one, here.today).isoformat() for one in value or ("", "")]
        options = [("", _("any day"), not ready), *((one, words, one == text) for one, words in self.presets)]
        return {
            "kind": "days",
            "key": self.key,
            "label": self.label,
            "options": options,
            "start": days[0],
            "end": days[1],
        }


def day_of(text: str, today: date) -> date:
    """Return the day an end of a range means; raise ValueError when it means none."""
    relative = RELATIVE.fullmatch(text)
    if not relative:
        return date.fromisoformat(text)
    amount = int(relative[2]) * (1 if relative[1] == "+" else -1)
    try:
        return today + timedelta(days=amount) if relative[3] == "d" else add_months(today, amount)
    except OverflowError:
        raise ValueError(text) from None


@dataclass(frozen=True)
class Ids(Filter):
    """Rows named by their numbers, `1,2,3`: links from other screens."""

    offered: bool = False

    def read(self, texts: Sequence[str], here: Here) -> tuple[int, ...]:
        """Read the numbers."""
        numbers = tuple(int(one) for one in texts[0].split(","))
        if any(number >= 2**63 for number in numbers):
            raise ValueError(texts)
        return numbers

    def condition(self, value: tuple[int, ...], here: Here) -> Q:
        """Keep these rows."""
        return Q(pk__in=value)

    def words(self, value: tuple[int, ...], here: Here) -> str:
        """Say how many."""
        return show.number(len(value))

    def texts(self, value: tuple[int, ...]) -> list[str]:
        """Write the numbers."""
        return [",".join(str(one) for one in value)]


@dataclass(frozen=True)
class Linked(Filter):
    """A filter another room offers for its links: one text, its rows and its words are that room's."""

    offered: bool = False
    rows: Callable[[str], Any] = lambda text: []
    says: Callable[[str], tuple[str, str]] = lambda text: ("", text)

    def read(self, texts: Sequence[str], here: Here) -> str:
        """Let the other room look at the text: it raises ValueError when it makes no sense."""
        try:
            self.rows(texts[0])
        except (LookupError, TypeError) as fault:
            raise ValueError(texts) from fault
        return texts[0]

    def condition(self, value: str, here: Here) -> Q:
        """Keep the rows whose ids the other room gives."""
        return Q(pk__in=self.rows(value))

    def words(self, value: str, here: Here) -> str:
        """Say it in the other room's words."""
        return self.says(value)[1]


def read_texts(one: Filter, texts: Sequence[str], here: Here) -> Any:
    """Return the value of the texts, None when they make no sense."""
    try:
        return one.read(texts, here)
    except ValueError:
        return None


def texts_of(params: QueryDict, name: str) -> list[str]:
    """Return the texts of one filter in an address or a form; the two fields of a range win over its preset."""
    start, end = params.get(f"{name}.from", "").strip(), params.get(f"{name}.to", "").strip()
    if start or end:
        return [f"{start}..{end}"]
    return [text for text in params.getlist(name) if text]

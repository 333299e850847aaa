"""How a person's date and number are read: exactly, in one way only, or not at all with a reason."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from salescrm.base.jobs import Refused

LARGEST = Decimal(10) ** 12  # no amount, price or quantity reaches it

# Reasons of bad cells: source sentences, translated when shown.
EMPTY = gettext_noop("empty")
NO_DATE = gettext_noop("not a date")
NO_SUCH_DAY = gettext_noop("there is no such day")
DATE_TWO_WAYS = gettext_noop("can be read two ways: name the order of day and month")
NO_NUMBER = gettext_noop("not a number")
LETTERS_FOR_ZEROS = gettext_noop("letters O instead of zeros")
NOT_FINITE = gettext_noop("not a finite number")
TOO_LARGE = gettext_noop("too large a number")
NUMBER_TWO_WAYS = gettext_noop("can be read two ways: name the decimal mark")
FORMULA_CELL = gettext_noop("a formula without a stored value: save the workbook in a spreadsheet program first")

_ISO = re.compile(r"(\d{4})([-/.]?)(\d\d?)\2(\d\d?)(?:[T ].*)?")
_SLASHED = re.compile(r"(\d\d?)([-/.])(\d\d?)\2(\d{4}|\d\d)(?:г\.?| г\.?)?(?:[T, ]+\d.*)?")
_SPACES = re.compile(r"[\s\u00a0\u2007\u2009\u202f'’]")
_CURRENCY = re.compile(r"^(?:[$€£¥₽]|usd|eur|rub)|(?:[$€£¥₽]|руб\.?|р\.|rub|usd|eur)$", re.IGNORECASE)
_NUMBER = re.compile(r"[+-]?(\d+([.,]\d*)*|[.,]\d+)(?:[eE][+-]?\d{1,3})?")
_DASHES = str.maketrans({"−": "-", "–": "-", "—": "-", "‑": "-", "﹣": "-", "－": "-"})


class Bad(Exception):
    """The cell cannot be read; the message is a source sentence."""


@dataclass(frozen=True)
class Habits:
    """How a file writes: "dmy" or "mdy" for 01/02/2026, "," or "." for decimals; empty where it is not known."""

    dates: str = ""
    decimal: str = ""


def read_day(text: str, habits: Habits) -> date:
    """Read a date, with or without a time of day; raise Bad with the reason."""
    if (iso := _ISO.fullmatch(text)) and (iso[2] or len(text.split("T", maxsplit=1)[0].split(" ", maxsplit=1)[0]) == 8):
        return _day(int(iso[1]), int(iso[3]), int(iso[4]))
    parts = _SLASHED.fullmatch(text)
    if not parts:
        raise Bad(NO_DATE if text else EMPTY)
    first, second, year = int(parts[1]), int(parts[3]), int(parts[4])
    year += 0 if year > 99 else 2000 if year < 70 else 1900
    order = habits.dates or ("dmy" if parts[2] == "." else "")
    if not order and first <= 12 and second <= 12 and first != second:
        raise Bad(DATE_TWO_WAYS)
    if order == "mdy" or (not order and second > 12):
        first, second = second, first
    return _day(year, second, first)


def _day(year: int, month: int, day: int) -> date:
    try:
        found = date(year, month, day)
    except ValueError as fault:
        raise Bad(NO_SUCH_DAY) from fault
    if not 1900 <= year <= 2199:
        raise Bad(NO_SUCH_DAY)
    return found


def date_order(days: Iterable[tuple[str, int]]) -> str:
    """Tell "dmy" or "mdy" from the dates of a file (text, row), "" when none shows it.

    Raise Refused naming the two rows when some dates can only be day first and others only month first.
    """
    seen: dict[str, tuple[str, int]] = {}
    for text, row in days:
        parts = _SLASHED.fullmatch(text)
        if not parts or int(parts[1]) > 31 or int(parts[3]) > 31:
            continue
        order = "dmy" if int(parts[1]) > 12 >= int(parts[3]) else "mdy" if int(parts[3]) > 12 >= int(parts[1]) else ""
        if order and (order not in seen or row < seen[order][1]):
            seen[order] = (text, row)
    if len(seen) == 2:
        (day_first, row_1), (month_first, row_2) = seen["dmy"], seen["mdy"]
        text = _(
            "The dates contradict each other: {first} in row {row_1} has the day first,"
            " {second} in row {row_2} the month."
        )
        raise Refused(text.format(first=day_first, row_1=row_1, second=month_first, row_2=row_2))
    return next(iter(seen), "")


def decimal_mark(numbers: Iterable[str]) -> str:
    """Tell the decimal mark from a file's numbers that are not plain, "" when they do not show it."""
    seen = {mark for text in numbers if (mark := _shown_mark(_bare(text)[0]))}
    return seen.pop() if len(seen) == 1 else ""


def _shown_mark(bare: str) -> str:
    """Return the decimal mark a number proves by its shape: "1.234,5", "12,50", "0,125"; "" when it proves none."""
    marks = re.findall("[.,]", bare)
    if not marks:
        return ""
    last, tail = marks[-1], re.split("[.,]", bare)[-1]
    if len(set(marks)) == 2:
        return last if marks.count(last) == 1 else ""
    if len(marks) > 1:
        return "." if last == "," else ","
    head = bare.split(last, maxsplit=1)[0]
    return last if len(tail) != 3 or len(head) > 3 or head.startswith("0") or not head else ""


def _bare(text: str) -> tuple[str, bool]:
    """Return the number without spaces, currency and accountant's brackets, and whether it is negative."""
    text = _CURRENCY.sub("", _SPACES.sub("", text).translate(_DASHES))
    negative = text.startswith("(") and text.endswith(")")
    text = _CURRENCY.sub("", text[1:-1] if negative else text)
    if text.endswith("-"):
        text, negative = text[:-1], True
    if text.startswith("-"):
        text, negative = _CURRENCY.sub("", text[1:]), not negative
    return text, negative


def read_number(text: str, habits: Habits) -> Decimal:
    """Read "1 234,56", "(1,234.56)", "−12,5", "1.5E+03" exactly; raise Bad with the reason."""
    if not text:
        raise Bad(EMPTY)
    bare, negative = _bare(text)
    if re.fullmatch(r"[+-]?(nan|inf|infinity|∞)", bare, re.IGNORECASE):
        raise Bad(NOT_FINITE)
    if not _NUMBER.fullmatch(bare):
        raise Bad(LETTERS_FOR_ZEROS if re.fullmatch(r"[\dOОoо.,]+", bare) and re.search(r"\d", bare) else NO_NUMBER)
    try:
        number = Decimal(_with_point(bare, habits.decimal))
    except InvalidOperation as fault:
        raise Bad(NO_NUMBER) from fault
    if abs(number) >= LARGEST:
        raise Bad(TOO_LARGE)
    return -number if negative else number


def _with_point(bare: str, habit: str) -> str:
    """Write the number with a point for the decimals and nothing between thousands."""
    whole, letter, power = bare.replace("E", "e").partition("e")
    mark = _shown_mark(whole)
    if not mark and re.search("[.,]", whole):
        mark = habit or ("." if "." in whole and "," not in whole else "")
        if not mark:
            raise Bad(NUMBER_TWO_WAYS)
    for other in {".", ","} - {mark}:
        if other in whole:
            _refuse_odd_groups(whole.split(mark)[0] if mark else whole, other)
            whole = whole.replace(other, "")
    return whole.replace(mark or ".", ".") + letter + power


def _refuse_odd_groups(whole: str, mark: str) -> None:
    """Refuse thousands that are not groups of three: 1,23,456."""
    if not re.fullmatch(r"[+-]?\d{1,3}(?:\D\d{3})+", whole) or set(re.findall(r"[.,]", whole)) != {mark}:
        raise Bad(NO_NUMBER)


def read_all(
    texts: Iterable[str], read: Callable[[str, Habits], object], habits: Habits
) -> Iterable[tuple[str, str, str]]:
    """Give (text, value, reason) of each text: one of value and reason is empty."""
    for text in texts:
        try:
            yield text, str(read(text, habits)), ""
        except Bad as fault:
            yield text, "", str(fault)


READERS: Mapping[str, Callable[[str, Habits], object]] = {"day": read_day, "number": read_number}

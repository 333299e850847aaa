"""What every reader gives: a header and a stream of numbered rows of text, whatever the file was."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import islice

MOST_COLUMNS = 1_000
MOST_CELL = 1 << 20  # characters in one cell
MOST_LINE = 4 << 20  # characters in one line of a text file
MOST_BYTES = 4 << 30  # of an unpacked text file
MOST_UNPACKED = 1 << 30  # bytes of an unpacked workbook: about two million rows of ten columns
MOST_RATIO = 200  # packed well beyond this, a large workbook is a bomb

Row = tuple[int, list[str]]


@dataclass
class Table:
    """An opened file: captions, and rows read anew each time `rows` is called.

    `known` is the number of rows as far as it can be told beforehand; `notes` say what was found out (encoding …).
    Rows are (number as the person sees it in the file, cells of text); a cell holding FORMULA had no stored value.
    """

    header: list[str]
    read: Callable[[], Iterator[Row]]
    known: int | None = None
    form: str = "csv"
    notes: dict[str, str] = field(default_factory=dict)

    def rows(self) -> Iterator[Row]:
        """Read the rows after the header from the beginning."""
        return self.read()

    def first(self, count: int) -> list[Row]:
        """Return the first rows for a person to look at."""
        return list(islice(self.rows(), count))


FORMULA = "\ue000formula without a stored value"  # a private character no file of a person contains

"""Text files of people: encoding, separator and heading are found out, limits are hard, faults are one sentence."""

from __future__ import annotations

import codecs
import csv
import gzip
import io
import re
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import IO

from django.utils.translation import gettext as _

from salescrm.base.intake.table import MOST_BYTES, MOST_CELL, MOST_COLUMNS, MOST_LINE, Row, Table
from salescrm.base.jobs import Refused

BLOCK = 1 << 20
SEPARATORS = ";,\t|"
BOMS = [(codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16")]
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1f\x7f]")
_RUSSIAN = re.compile("[А-Яа-яЁё]")
_USUAL = re.compile("[А-Яа-яЁё№«»„“”–—…’\xa0§°±·©®™]")
_UPSIDE_DOWN = re.compile("[^А-Яа-яЁё]([а-яё][А-ЯЁ]+)(?![а-яё])")  # how KOI8-R looks when read as windows-1251


@dataclass
class Survey:
    """What one reading of the whole file tells: its encoding and its number of lines."""

    encoding: str
    lines: int


def open_text(
    path: Path, *, encoding: str = "", separator: str = "", likely: Callable[[list[str]], int] = len
) -> Table:
    """Open a csv, possibly gzipped; raise Refused in one sentence for whatever is not a table of text.

    `likely` counts captions it knows: the heading is the row among the first thirty where it counts most.
    """
    survey = _survey(path, encoding)
    separator = separator or _separator(path, survey.encoding)
    top = list(islice(_records(path, survey.encoding, separator), 30))
    if not top:
        raise Refused(_("The file is empty."))
    place = max(range(len(top)), key=lambda n: (likely(top[n][1]), -n)) if likely is not len else 0
    heading_row, header = top[place]

    def read() -> Iterator[Row]:
        return islice(_records(path, survey.encoding, separator), place + 1, None)

    notes = {"encoding": survey.encoding, "separator": separator}
    return Table(header, read, max(survey.lines - heading_row, 0), "csv", notes)


def unpacked(path: Path) -> IO[bytes]:
    """Open the file's bytes, unpacking gzip."""
    with path.open("rb") as file:
        packed = file.read(2) == b"\x1f\x8b"
    return gzip.open(path) if packed else path.open("rb")  # type: ignore[return-value]  # GzipFile is one in all but name


def blocks(path: Path) -> Iterator[bytes]:
    """Read the unpacked bytes in blocks; raise Refused for a torn archive or one that never ends."""
    size = 0
    try:
        with unpacked(path) as file:
            while block := file.read(BLOCK):
                size += len(block)
                if size > MOST_BYTES:
                    raise Refused(_("The file is larger than 4 GB when unpacked."))
                yield block
    except (EOFError, gzip.BadGzipFile, zlib.error) as fault:
        raise Refused(_("The archive is torn or damaged: it cannot be unpacked to its end.")) from fault


def _survey(path: Path, named: str) -> Survey:
    """Read the file once: is it text, in which encoding, how many lines."""
    lines, sample, tail, wrong = 0, b"", b"", 0
    bom, decoder = "", codecs.getincrementaldecoder("utf-8")()
    for block in blocks(path):
        if not sample:
            bom = next((name for mark, name in BOMS if block.startswith(mark)), "")
        sample = sample or block[: 1 << 18]
        wrong = wrong or _wrong_at(decoder, block, lines)
        _refuse_junk(block, bom, lines)
        lines += block.count(b"\n") or block.count(b"\r")
        tail = block[-1:]
    if not sample.strip(b" \r\n\t\xef\xbb\xbf\x00\xff\xfe"):
        raise Refused(_("The file is empty."))
    if named:
        _refuse_other_encoding(path, named)
    return Survey(named or bom or ("utf-8" if not wrong else _one_byte(path, wrong)), lines + (tail not in b"\r\n"))


def _wrong_at(decoder: codecs.IncrementalDecoder, block: bytes, lines: int) -> int:
    """Return the line (from 1) where the block stops being UTF-8, 0 when it is."""
    try:
        decoder.decode(block)
    except UnicodeDecodeError as fault:
        return lines + fault.object[: fault.start].count(b"\n") + 1
    return 0


def _refuse_junk(block: bytes, bom: str, lines: int) -> None:
    if bom == "utf-16":
        return
    if block.startswith((b"%PDF", b"\x89PNG", b"\xd0\xcf\x11\xe0")) and not lines:
        raise Refused(_("This is not a table. Save it as xlsx or csv and try again."))
    if b"\x00" in block or len(_CONTROL.findall(block[:65536])) > 20:
        raise Refused(_("This is not a text file: it holds binary data near line {line}.").format(line=lines + 1))


def _refuse_other_encoding(path: Path, named: str) -> None:
    try:
        decoder = codecs.getincrementaldecoder(named)()
    except LookupError as fault:
        raise Refused(_("There is no encoding called “{name}”.").format(name=named)) from fault
    lines = 0
    try:
        for block in blocks(path):
            decoder.decode(block)
            lines += block.count(b"\n")
        decoder.decode(b"", final=True)
    except UnicodeDecodeError as fault:
        raise Refused(_wrong_encoding(named, lines + fault.object[: fault.start].count(b"\n") + 1)) from fault


def _wrong_encoding(name: str, line: int) -> str:
    return _("The file is not in the encoding {name}: see line {line}.").format(name=name, line=line)


def _one_byte(path: Path, wrong: int) -> str:
    """Tell windows-1251 from Latin-1 by the letters; refuse UTF-8 with damage and encodings that fit neither."""
    high = b"".join(b"".join(re.findall(rb"[\x0a-\x7e]?[\x80-\xff]+", block)) for block in islice(blocks(path), 4))
    as_utf8 = high.decode("utf-8", errors="replace")
    broken = as_utf8.count("\ufffd")
    if sum(1 for mark in as_utf8 if ord(mark) > 127) - broken > 3 * broken:
        raise Refused(_wrong_encoding("utf-8", wrong))
    runs = re.findall(rb"[\x80-\xff]+", high)
    if sum(map(len, runs)) < 2 * len(runs):  # accents stand alone among plain letters
        return "cp1252" if not re.search(rb"[\x81\x8d\x8f\x90\x9d]", high) else "latin-1"
    text = high.decode("cp1251", errors="replace")
    foreign = sum(1 for mark in text if ord(mark) > 127 and not _USUAL.match(mark))
    russian = len(_RUSSIAN.findall(text))
    if foreign * 5 > russian or len("".join(_UPSIDE_DOWN.findall(text))) * 2 > russian:
        raise Refused(_("The encoding is not recognised. Save the file as UTF-8 or name the encoding in the mapping."))
    return "cp1251"


def _separator(path: Path, encoding: str) -> str:
    """Choose the separator that cuts the first rows into the same number of cells most often."""
    best, most = ",", (0.0, 0)
    for separator in SEPARATORS:
        counts: Counter[int] = Counter()
        with suppress(Refused):  # said when the rows are read in earnest
            counts.update(len(row) for _n, row in islice(_records(path, encoding, separator), 60))
        columns, times = max(counts.items(), key=lambda found: (found[1], found[0]), default=(1, 1))
        if columns > 1 and (times / counts.total(), columns) > most:
            best, most = separator, (times / counts.total(), columns)
    return best


def _lines(stream: IO[str]) -> Iterator[str]:
    while line := stream.readline(MOST_LINE):
        if len(line) >= MOST_LINE:
            raise Refused(_("A line of the file is longer than 4 million characters: this is not a table."))
        yield line


def _records(path: Path, encoding: str, separator: str) -> Iterator[Row]:
    """Give (line number, cells) of every row that is not blank."""
    csv.field_size_limit(MOST_CELL)
    with unpacked(path) as raw, io.TextIOWrapper(raw, encoding=encoding, newline="") as stream:
        reader = csv.reader(_lines(stream), delimiter=separator, strict=True)
        try:
            yield from _checked(reader)
        except csv.Error as fault:
            text = _("Row {row}: a cell is longer than a million characters, or its quotation marks are not closed.")
            raise Refused(text.format(row=reader.line_num)) from fault
        except UnicodeDecodeError as fault:
            raise Refused(_wrong_encoding(encoding, reader.line_num + 1)) from fault
        except (EOFError, gzip.BadGzipFile, zlib.error) as fault:
            raise Refused(_("The archive is torn or damaged: it cannot be unpacked to its end.")) from fault


def _checked(reader: Iterable[list[str]]) -> Iterator[Row]:
    before = 0
    for row in reader:
        number, before = before + 1, reader.line_num  # type: ignore[attr-defined]  # a csv.reader, whose type has no name
        if len(row) > MOST_COLUMNS:
            text = _("Row {row} has {count} columns; more than {most} are not read.")
            raise Refused(text.format(row=number, count=len(row), most=MOST_COLUMNS))
        cells = [cell.strip() for cell in row]
        if any(cells):
            yield number, cells

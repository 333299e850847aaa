"""A kind of import: its fields, its mappings, and the functions that bring it into the base."""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from salescrm.base.intake import columns as mappings
from salescrm.base.intake.columns import Columns, Field
from salescrm.base.intake.table import Table
from salescrm.base.jobs import Refused
from salescrm.base.models import ColumnMap, Intake

MAPS = Path(__file__).parent / "maps"
OWN = ("source", "leave_out_without", "match_names", "needs")  # settings of every kind's mappings


@dataclass(frozen=True)
class Choice:
    """What the person chose for this import; `same_day` is what to do with unnumbered documents the base has."""

    dry_run: bool = False
    skip_bad: bool = False
    same_day: str = ""  # "", replace, add
    file_wins: bool = False  # fields of known clients become what the file says; else only empty ones are filled
    branch: int | None = None
    owner: int | None = None
    author: int | None = None
    today: date | None = None


@dataclass
class Outcome:
    """What an import did or would do; `bad` are (row, field, value, reason in source language)."""

    counts: dict[str, Any] = field(default_factory=dict)
    bad: list[tuple[int, str, str, str]] = field(default_factory=list)
    errors: int = 0
    refused: str = ""


@dataclass(frozen=True)
class Kind:
    """What a file may hold, from its captions to the statements of its merge.

    `lacking` names what no column is known for; `check` looks at the kind's own settings of a mapping. `judge` types
    the staged rows, collects bad cells and tells how many rows stay; `match` finds them in the base; `write` is the
    merge; `before_undo` refuses what was built on, `undo` are the statements that take it back (`room:statement` of
    rooms to the right), `after_undo` reckons anew what followed from them.
    """

    name: str
    title: Any  # lazy translation
    fields: Sequence[Field]
    options: tuple[str, ...]
    leave_out: tuple[str, ...]  # fields whose emptiness may leave a row out
    figures: Sequence[tuple[str, Any]]  # (count, caption) of what is shown before and after
    tables: str
    open_exchange: Callable[[Path], Table]  # of 1C
    lacking: Callable[[Container[str]], list[Any]]
    check: Callable[[Mapping[str, Any]], None]
    judge: Callable[[Columns, Choice, int, Outcome], int]
    match: Callable[[Columns, Choice, int | None, Outcome], None]
    write: Callable[[int | None, Choice, Outcome], None]
    undo: tuple[str, ...]  # statements, by intake
    before_undo: Callable[[Intake], None]
    after_undo: Callable[[Intake], object] = lambda intake: None
    settings: Sequence[str] = ()  # of the form of columns, of kinds of rooms to the right
    undo_text: str = ""  # source sentences of these kinds: what an undo takes back,
    done_text: str = ""  # what a loaded one means ({at}),
    loaded: str = ""  # and what its person is told ({file}, {new}, {changed})

    @property
    def maps(self) -> Path:
        """The folder of the mappings that come with the program."""
        return MAPS / self.name

    def caption(self, name: str) -> Any:
        """Return what a field is called, the name itself where there is none."""
        return next((one.caption for one in self.fields if one.name == name), name)

    def known(self, header: list[str]) -> int:
        """Count the captions of a row that name a field."""
        return mappings.count_known(header, self.fields)

    def read_mapping(self, given: Any, name: str = "") -> Columns:
        """Check a mapping's content; raise Refused naming what is wrong."""
        columns = mappings.from_json(given, fields=self.fields, options=(*OWN, *self.options))
        options = columns.options
        if options.get("leave_out_without", "") not in ("", *self.leave_out):
            refuse_other("leave_out_without", self.leave_out)
        source = options.get("source")
        if source is not None and not (isinstance(source, dict) and source.get("code")):
            raise Refused(_("The mapping's source has a code and a name."))
        self.check(options)
        return columns if columns.name or not name else self.read_mapping({**given, "name": name})

    def ready(self) -> list[Columns]:
        """Return the mappings that come with the program."""
        return [self.read_mapping(mappings.read_yaml(path), path.stem) for path in sorted(self.maps.glob("*.yaml"))]

    def get_mapping(self, name: str) -> Columns:
        """Return a mapping by the path of its file or by its name, saved ones first; raise Refused when none is."""
        if Path(name).suffix in (".yaml", ".yml", ".json") and Path(name).is_file():
            return self.read_mapping(mappings.read_yaml(Path(name)), Path(name).stem)
        given = mappings.saved(self.name, name)
        if given is not None:
            return self.read_mapping(given, name)
        for columns in self.ready():
            if columns.name == name:
                return columns
        raise Refused(_("There is no mapping “{name}”.").format(name=name))

    def all_mappings(self) -> list[Columns]:
        """Return saved mappings, then ready ones whose name is not taken."""
        rows = ColumnMap.objects.filter(kind=self.name).order_by("name")
        saved = [self.read_mapping(one.columns, one.name) for one in rows]
        taken = {one.name for one in saved}
        return saved + [one for one in self.ready() if one.name not in taken]

    def choose(self, table: Table) -> Columns:
        """Choose the mapping that fits the file's captions, else guess by the captions themselves."""
        for columns in self.all_mappings():
            if fits(columns, table.header):
                return columns
        return Columns(columns=mappings.detect(table.header, self.fields))

    def is_complete(self, columns: Columns) -> bool:
        """Say whether the columns make rows of this kind."""
        return not self.lacking(columns.columns)

    def refuse_incomplete(self, places: Container[str]) -> None:
        """Raise Refused unless the columns make rows of this kind."""
        lacking = self.lacking(places)
        if lacking:
            names = ", ".join(str(name) for name in lacking)
            raise Refused(_("No column is known as: {names}. Name the columns in a mapping.").format(names=names))


def refuse_other(name: str, known: Sequence[str]) -> None:
    """Raise Refused for a setting that is none of the known ones."""
    raise Refused(_("The mapping's “{name}” is one of: {known}.").format(name=name, known=", ".join(known)))


def fits(columns: Columns, header: Sequence[str]) -> bool:
    """Say whether a mapping is meant for the file: it has the captions the mapping needs, all of them by default."""
    needs = columns.options.get("needs")
    return all(caption in header for caption in needs) if needs else mappings.fits(columns, header)


def may_lack(columns: Columns, header: Sequence[str]) -> list[str]:
    """Return the captions the file does not have and need not have: people choose the columns of an export."""
    needs = columns.options.get("needs")
    found = {mappings.plain(caption) for caption in header}
    return [one for one in columns.columns.values() if needs and one not in needs and mappings.plain(one) not in found]

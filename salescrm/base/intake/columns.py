"""Which column of a file is which field: named mappings, ready ones as YAML, and a guess by captions."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import yaml
from django.utils.translation import gettext as _

from salescrm.base.intake.values import Habits
from salescrm.base.jobs import Refused
from salescrm.base.models import ColumnMap

_FLOOR = ("name", "title", "kind", "columns", "lookups", "encoding", "separator", "sheet", "decimal", "dates")


@dataclass(frozen=True)
class Field:
    """A field a room knows: `kind` is text, day or number; `aliases` are captions people give it."""

    name: str
    caption: Any  # lazy translation
    kind: str = "text"
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True)
class Lookup:
    """A file beside the main one that gives names for codes: its columns are added where `key` is equal."""

    file: str
    key: str
    columns: tuple[str, ...] = ()


@dataclass(frozen=True)
class Columns:
    """A mapping: field → caption, how to open the file, and `options` that only the room understands."""

    columns: Mapping[str, str]
    name: str = ""
    title: str = ""
    lookups: tuple[Lookup, ...] = ()
    encoding: str = ""
    separator: str = ""
    sheet: str = ""
    decimal: str = ""
    dates: str = ""
    options: Mapping[str, Any] = field(default_factory=dict)

    @property
    def habits(self) -> Habits:
        """How numbers and dates are written, as far as the mapping says."""
        return Habits(dates=self.dates, decimal=self.decimal)

    def as_json(self) -> dict[str, Any]:
        """Return the mapping as one flat object, the form YAML files and ColumnMap rows have."""
        whole = asdict(self)
        return {key: value for key, value in whole.items() if value and key != "options"} | dict(self.options)


def from_json(given: Any, *, fields: Sequence[Field], options: Iterable[str]) -> Columns:
    """Build a mapping from a YAML file's or row's content; raise Refused naming what is wrong in it."""
    if not isinstance(given, dict) or not isinstance(given.get("columns"), dict) or not given["columns"]:
        raise Refused(_("The mapping names no columns."))
    allowed = {*_FLOOR, *options}
    for key in given:
        if key not in allowed:
            raise Refused(_("The mapping has an unknown setting “{name}”.").format(name=key))
    names = {one.name for one in fields}
    for name in given["columns"]:
        if name not in names:
            raise Refused(_("The mapping has an unknown field “{name}”.").format(name=name))
    floor = {key: str(given[key]) for key in _FLOOR if key in given and key not in ("columns", "lookups", "kind")}
    _refuse_unknown_habits(floor)
    return Columns(
        columns={str(key): str(value) for key, value in given["columns"].items() if value not in (None, "")},
        lookups=tuple(_lookup(one) for one in given.get("lookups") or ()),
        options={key: value for key, value in given.items() if key not in _FLOOR},
        **floor,
    )


def _lookup(given: Any) -> Lookup:
    try:
        return Lookup(str(given["file"]), str(given["key"]), tuple(map(str, given.get("columns") or ())))
    except (KeyError, TypeError, AttributeError) as fault:
        raise Refused(_("A lookup of the mapping names its file and key.")) from fault


def _refuse_unknown_habits(floor: Mapping[str, str]) -> None:
    for key, known in (("decimal", ("", ".", ",")), ("dates", ("", "dmy", "mdy", "ymd"))):
        if floor.get(key, "") not in known:
            raise Refused(_("The mapping's “{name}” is one of: {known}.").format(name=key, known=", ".join(known[1:])))


def read_yaml(path: Path) -> Any:
    """Read a mapping's file; raise Refused when it is not YAML."""
    try:
        return yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, OSError, UnicodeDecodeError) as fault:
        raise Refused(_("The mapping {file} cannot be read.").format(file=path.name)) from fault


def saved(kind: str, name: str) -> Any:
    """Return the content of a saved mapping, None when there is none of that name."""
    return ColumnMap.objects.filter(kind=kind, name=name).values_list("columns", flat=True).first()


def plain(caption: str) -> str:
    """Return a caption for comparison: no case, ё, marks, unit after a comma or in brackets."""
    caption = caption.lower().replace("ё", "е")
    bare = re.sub(r"\(.*?\)|,.*$", " ", caption)
    return " ".join(re.findall(r"[^\W_]+|%|№", bare if bare.strip() else caption))


def detect(header: Sequence[str], fields: Sequence[Field]) -> dict[str, str]:
    """Guess field → caption by the captions people use; a caption serves one field, in the order of the fields."""
    known = {plain(caption): caption for caption in reversed(header) if caption}
    found: dict[str, str] = {}
    for one in fields:
        for alias in (one.name, *one.aliases):
            caption = known.pop(plain(alias), None)
            if caption is not None:
                found[one.name] = caption
                break
    return found


def count_known(header: Sequence[str], fields: Sequence[Field]) -> int:
    """Count captions of a row that name a field: how heading rows are found."""
    return len(detect(header, fields))


def places(columns: Columns, header: Sequence[str], absent: Iterable[str] = ()) -> dict[str, int]:
    """Return field → place in the row; raise Refused for a caption the file does not have.

    `absent` are captions of lookup files that are not there: their fields are simply not filled.
    """
    exact = {caption: place for place, caption in reversed(list(enumerate(header)))}
    loose = {plain(caption): place for place, caption in reversed(list(enumerate(header)))}
    found, missing = {}, set(absent)
    for name, caption in columns.columns.items():
        place = exact.get(caption, loose.get(plain(caption)))
        if place is not None:
            found[name] = place
        elif caption not in missing:
            raise Refused(_("The file has no column “{caption}”.").format(caption=caption))
    return found


def fits(columns: Columns, header: Sequence[str]) -> bool:
    """Say whether the file has every caption of the mapping that does not come from a lookup file."""
    of_lookups = {caption for one in columns.lookups for caption in one.columns}
    return all(caption in header for caption in columns.columns.values() if caption not in of_lookups)

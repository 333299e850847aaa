"""Reference rows: each room keeps them in its `reference.yaml`; a row is added where its key is missing.

The file maps model names of the room, in order, to `key` (the field that identifies a row), `rows`, and optionally
`only_first: true` (nothing is added to a table that has rows). A foreign key is given by the key of the row it points
to (its code, where it has none its name), which stands earlier in the file or in a room further left; a key to many by
a list of them, which may stand anywhere in the same table. What people edited is never touched.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml
from django.apps import AppConfig, apps
from django.db import models, transaction

FILE = "reference.yaml"


@transaction.atomic
def load() -> dict[str, int]:
    """Add the missing reference rows of all rooms; return how many were added per model label."""
    added: dict[str, int] = {}
    for config in apps.get_app_configs():
        path = Path(config.path) / FILE
        if path.exists():
            added |= _load_file(config, path)
    return added


def _load_file(config: AppConfig, path: Path) -> dict[str, int]:
    tables = yaml.safe_load(path.read_text(encoding="utf-8"))
    return {config.get_model(name)._meta.label: _load_table(config.get_model(name), tables[name]) for name in tables}


def _load_table(model: type[models.Model], table: dict[str, Any]) -> int:
    known = set(model._default_manager.values_list(table["key"], flat=True))
    if table.get("only_first") and known:
        return 0
    missing = [row for row in table["rows"] if row[table["key"]] not in known]
    pointed: dict[tuple[str, Any], models.Model] = {}
    many = {field.name: field for field in model._meta.many_to_many}
    made = [
        model._default_manager.create(
            **{name: _value(model, name, value, pointed) for name, value in row.items() if name not in many}
        )
        for row in missing
    ]
    for one, row in zip(made, missing, strict=True):
        for name in many.keys() & row.keys():
            getattr(one, name).set(_named(many[name].related_model, row[name]))
    return len(missing)


def _named(model: Any, keys: list[Any]) -> list[models.Model]:
    """Return the rows of these keys; raise KeyError where one is not there."""
    found = {
        getattr(one, _key_of(model)): one for one in model._default_manager.filter(**{f"{_key_of(model)}__in": keys})
    }
    return [found[key] for key in keys]


def _key_of(model: type[models.Model]) -> str:
    return "code" if any(one.name == "code" for one in model._meta.fields) else "name"


def _value(model: type[models.Model], name: str, value: Any, pointed: dict[tuple[str, Any], models.Model]) -> Any:
    """Return the value of a field; the row a foreign key points to is read once for a table."""
    field = model._meta.get_field(name)
    if not isinstance(field, models.ForeignKey) or value is None:
        return value
    if (name, value) not in pointed:
        related = field.related_model
        pointed[name, value] = related._default_manager.get(**{_key_of(related): value})
    return pointed[name, value]

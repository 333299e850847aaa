"""Run a set-based statement that lives in `<app>/sql/<verb_noun>.sql`.

One statement per file, parameters only as %(name)s, no formatting: what a rule does can be read in one place.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from django.apps import apps
from django.db import connection


@cache
def text(app: str, name: str) -> str:
    """Return the statement `name` of the app labelled `app`; raise FileNotFoundError when there is none."""
    return (Path(apps.get_app_config(app).path) / "sql" / f"{name}.sql").read_text(encoding="utf-8")


def run(app: str, name: str, parameters: Mapping[str, Any] | None = None) -> int:
    """Execute the statement and return the number of rows it wrote."""
    with connection.cursor() as cursor:
        cursor.execute(text(app, name), parameters or {})
        return max(int(cursor.rowcount), 0)


def rows(app: str, name: str, parameters: Mapping[str, Any] | None = None) -> list[dict[str, Any]]:
    """Execute the statement and return its rows as dictionaries."""
    with connection.cursor() as cursor:
        cursor.execute(text(app, name), parameters or {})
        names = [column.name for column in cursor.description or []]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def row(app: str, name: str, parameters: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Execute the statement and return its only row; raise ValueError when there is not exactly one."""
    (only,) = rows(app, name, parameters)
    return only

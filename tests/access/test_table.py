"""Every address × every role: the matrix of `staff.access` seen from outside."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import transaction
from django.test import Client as Browser
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from staff.access import Role
from staff.models import Employee
from tests import make
from tests.access.roof import NOT_OURS
from tests.access.table import EVERYBODY, Row, Scene

ROOMS = sorted(p.stem for p in Path(__file__).parent.glob("*.py") if p.stem not in ("__init__", "table", "test_table"))
ROOM_ROWS: dict[str, list[Row]] = {room: import_module(f"tests.access.{room}").ROWS for room in ROOMS}
ROWS: list[Row] = [row for rows in ROOM_ROWS.values() for row in rows]


def addresses(resolver: URLResolver, namespace: str = "") -> Iterator[str]:
    """List the names of all addresses below a resolver, with their namespaces."""
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            yield from addresses(entry, f"{namespace}{entry.namespace}:" if entry.namespace else namespace)
        elif isinstance(entry, URLPattern):
            yield f"{namespace}{entry.name}"


def test_every_address_is_in_the_table() -> None:
    known = {row.name for row in ROWS}
    ours = {name for name in addresses(get_resolver()) if not name.startswith(NOT_OURS)}
    assert ours - known == set(), "addresses missing from tests/access"
    if settings.SHOW_UI_PAGE:
        assert known - ours == set(), "rows without an address"


@pytest.fixture
def scene(people: dict[str, Employee], today: Any) -> Scene:
    """Build the scene and let every room add what its rows need (function `prepare(scene)` of its module)."""
    built = Scene(people=people, client=make.client("Принт-Хаус", people[Role.CSM]))
    for room in ROOMS:
        prepare: Callable[[Scene], None] | None = getattr(import_module(f"tests.access.{room}"), "prepare", None)
        if prepare:
            prepare(built)
    return built


def answer(row: Row, scene: Scene, person: Employee | None) -> int:
    """Ask for the address as `person` (None: a stranger) and take back whatever that changed."""
    browser = Browser(raise_request_exception=False)
    if person:
        browser.force_login(person)
    url = reverse(row.name, args=row.args(scene)) + row.query
    with transaction.atomic():
        response = getattr(browser, row.method)(url, row.data(scene))
        transaction.set_rollback(True)
    return int(response.status_code)


@pytest.mark.django_db
@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.method} {row.name}{row.query}")
def test_each_role_gets_what_the_matrix_says(row: Row, scene: Scene) -> None:
    allowed = set(row.allowed)
    expected = {role: row.ok if role in allowed else row.denied for role in EVERYBODY}
    expected |= {**row.also, "stranger": row.stranger}
    got = {role: answer(row, scene, scene.people[role]) for role in EVERYBODY}
    assert got | {"stranger": answer(row, scene, None)} == expected


@pytest.mark.django_db
def test_a_person_without_a_role_cannot_sign_in(people: dict[str, Employee]) -> None:
    browser = Browser()
    browser.post(reverse("account_login"), {"login": Role.NONE, "password": make.PASSWORD})
    assert browser.get("/").status_code == 302
    browser.post(reverse("account_login"), {"login": Role.CSM, "password": make.PASSWORD})
    assert browser.get("/").status_code == 200

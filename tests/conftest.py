"""Fixtures of all tests: people of every role, signed-in browsers, builders."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date

import pytest
from django.conf import settings
from django.test import Client as Browser
from django.utils import translation

from salescrm.base import clock
from staff.models import Branch, Employee
from tests import make

TODAY = date(2026, 7, 16)


def pytest_configure() -> None:
    """Hash passwords of test people cheaply; look for a static file when asked, not for all of them per test."""
    settings.WHITENOISE_AUTOREFRESH = True
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(autouse=True)
def _program_language() -> Iterator[None]:
    """Begin every test in the program's language: a request of the test before leaves its own behind."""
    with translation.override(settings.LANGUAGE_CODE):
        yield


@pytest.fixture
def today(monkeypatch: pytest.MonkeyPatch) -> date:
    """Freeze the program's clock on 16 July 2026."""
    monkeypatch.setattr(clock, "today", lambda: TODAY)
    return TODAY


@pytest.fixture
def branch(db: None) -> Branch:
    """Return the head office."""
    return make.branch()


@pytest.fixture
def people(branch: Branch) -> dict[str, Employee]:
    """One person per role, all in the head office; the log-in is the role's code."""
    return make.one_of_each_role(branch)


@pytest.fixture
def browser_of(people: dict[str, Employee]) -> Callable[[str], Browser]:
    """Return a function giving a test browser signed in as the person of a role."""

    def signed_in(role: str) -> Browser:
        browser = Browser(headers={"accept-language": "en"})
        browser.force_login(people[role])
        return browser

    return signed_in

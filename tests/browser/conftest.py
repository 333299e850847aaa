"""A real Chromium on the real program: fixtures of the journeys."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, expect, sync_playwright

from tests.browser import stack as stacks
from tests.needs import chromium

PATIENCE = 15_000  # ms: a machine with other work on it answers late
expect.set_options(timeout=PATIENCE)
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, tuple[str, str]]]:
    """Make the demo base the stacks are copied from."""
    folder = tmp_path_factory.mktemp("stack")
    return folder, stacks.template(folder)


@pytest.fixture(scope="module")
def stack(demo: tuple[Path, dict[str, tuple[str, str]]], request: pytest.FixtureRequest) -> Iterator[stacks.Stack]:
    """Run the program on a copy of the demo base for the tests of one module."""
    folder, logins = demo
    name = "salescrm_" + request.module.__name__.rsplit(".", 1)[-1]
    with stacks.running(name, folder, logins) as program:
        yield program


@pytest.fixture(scope="module")  # while it lives its event loop stands in the way of other tests
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="module")
def chrome(playwright: Playwright) -> Iterator[Browser]:
    browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
    yield browser
    browser.close()


def sign_in(page: Page, login: str, password: str) -> None:
    """Sign in by the log-in page."""
    page.goto("/accounts/login/")
    page.fill("input[name=login]", login)
    page.fill("input[name=password]", password)
    page.press("input[name=password]", "Enter")
    page.wait_for_url("**/")


def cookies_of(chrome: Browser, stack: stacks.Stack, role: str) -> list[Any]:
    """Return the session of a role, signing in the first time it is asked for."""
    if role not in stack.sessions:
        context = chrome.new_context(base_url=stack.url)
        sign_in(context.new_page(), *stack.logins[role])
        stack.sessions[role] = [cookie for cookie in context.cookies() if cookie["name"] == "sessionid"]
        context.close()
    return stack.sessions[role]


@pytest.fixture
def visit(chrome: Browser, stack: stacks.Stack) -> Iterator[Callable[..., Page]]:
    """Return a function that signs a role in and gives its page, in a language, size and theme.

    The page collects what the browser complains of in `page.complaints`: broken CSP, script errors, failed answers.
    """
    contexts: list[BrowserContext] = []

    def signed_in(role: str, *, language: str = "ru", width: int = 1440, theme: str = "light") -> Page:
        context = chrome.new_context(
            base_url=stack.url,
            locale="ru-RU" if language == "ru" else "en-GB",
            color_scheme="dark" if theme == "dark" else "light",
            viewport={"width": width, "height": 900},
            reduced_motion="reduce",
        )
        contexts.append(context)
        context.set_default_timeout(PATIENCE)
        context.add_cookies(cookies_of(chrome, stack, role))
        page = context.new_page()
        complaints: list[str] = []
        page.complaints = complaints  # type: ignore[attr-defined]  # kept beside the page for the test
        page.on("pageerror", lambda error: complaints.append(f"script: {error}"))
        page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
        return page

    yield signed_in
    for context in contexts:
        context.close()

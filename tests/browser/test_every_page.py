"""Every page of the URL × role table in a real browser: no serious axe fault, no broken CSP, no sideways scroll.

Pages are drawn by the views on the table's scene and given to Chromium as they are; what they would load afterwards is
looked at with the demo base (`test_axe`).
"""

from __future__ import annotations

import mimetypes
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote

import pytest
from django.conf import settings
from django.db import transaction
from django.test import Client as Browser
from django.urls import reverse
from playwright.sync_api import Page, Route, sync_playwright

from staff.access import Role
from tests.access.table import Row, Scene
from tests.access.test_table import ROOM_ROWS, scene, sessions  # noqa: F401 # fixtures
from tests.browser.conftest import FLAGS
from tests.browser.test_axe import COLLECT, faults
from tests.needs import chromium

pytestmark = [pytest.mark.browser, pytest.mark.django_db, pytest.mark.slow]

HOST = "http://crm.test"
NARROW = 390  # px, a phone


class Drawn(NamedTuple):
    """A page as the server sent it: where from, its headers and body."""

    address: str
    headers: dict[str, str]
    body: bytes


def who(row: Row) -> str:
    """Choose the role that sees most of the page: the head of sales where allowed."""
    allowed = set(row.allowed)
    return Role.HOS if Role.HOS in allowed else min(allowed)


def drawn(row: Row, scene: Scene, session: str) -> Drawn | None:  # noqa: F811
    """Ask for the page as the chosen person; None for what is no page: fragments, files, redirects."""
    browser = Browser()
    browser.cookies[settings.SESSION_COOKIE_NAME] = session
    with transaction.atomic():
        address = reverse(row.name, args=row.args(scene)) + row.query
        response = browser.get(address, row.data(scene))
        transaction.set_rollback(True)
    if response.streaming or b"<html" not in response.content[:300]:
        return None
    return Drawn(address, dict(response.items()), response.content)


def answered(route: Route, page: Drawn) -> None:
    """Give the page, and files from where `collectstatic` put them; nothing of what it would load later."""
    path = unquote(route.request.url.removeprefix(HOST))
    if path == page.address:
        route.fulfill(status=200, headers=page.headers, body=page.body)
    elif path.startswith(f"/{settings.STATIC_URL.strip('/')}/"):
        file = Path(settings.STATIC_ROOT) / path.removeprefix(f"/{settings.STATIC_URL.strip('/')}/").partition("?")[0]
        route.fulfill(path=file, content_type=mimetypes.guess_type(file.name)[0] or "application/octet-stream")
    else:
        route.fulfill(status=204)


def wrong(browser_page: Page, page: Drawn) -> list[str]:
    """List what is wrong with the page, each line with its address."""
    browser_page.set_viewport_size({"width": 1440, "height": 900})
    browser_page.route("**/*", lambda route: answered(route, page))
    browser_page.goto(HOST + page.address)
    assert browser_page.evaluate("document.styleSheets.length") > 0, "a page without its styles proves nothing"
    found = faults(browser_page) + [f"CSP: {told}" for told in browser_page.evaluate("violations")]
    browser_page.set_viewport_size({"width": NARROW, "height": 900})
    if not browser_page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"):
        found.append(f"it scrolls sideways at {NARROW} px")
    browser_page.unroute_all()
    return [f"{page.address}: {told}" for told in found]


@pytest.mark.parametrize("room", ROOM_ROWS)
def test_the_pages_of_a_room(room: str, scene: Scene, sessions: dict[str, str]) -> None:  # noqa: F811
    rows = {
        row.name + row.query: row for row in ROOM_ROWS[room] if row.method == "get" and row.ok == 200 and row.allowed
    }
    pages = [page for page in (drawn(row, scene, sessions[who(row)]) for row in rows.values()) if page]
    with sync_playwright() as started:
        chrome = started.chromium.launch(executable_path=chromium(), args=FLAGS)
        browser_page = chrome.new_page(locale="ru-RU", reduced_motion="reduce")
        browser_page.add_init_script(COLLECT)
        found = [told for page in pages for told in wrong(browser_page, page)]
        chrome.close()
    assert found == []

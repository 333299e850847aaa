"""A manager's morning by the keyboard alone: the day, a card, a call with its result, focus list, the next client."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.stack import Stack

pytestmark = pytest.mark.browser
WRITTEN = """
import json
from clients.models import Communication
from deals import norm
from deals.models import Task
one = Communication.objects.select_related("client__standing").get(text={said!r})
next_one = Task.objects.open().get(client=one.client, title={said!r})
print(json.dumps({{
    "client": one.client.name, "kind": one.kind, "result": one.result.code, "day": str(one.day),
    "next": str(next_one.due_on), "is_own": next_one.assignee_id == one.author_id == next_one.author_id,
    "norm": str(norm.next_contact_on(one.client, one.day)), "due": str(one.client.standing.contact_due_on),
}}))
"""


def written(stack: Stack, said: str) -> dict[str, Any]:
    """Read from the base what was logged with these words, and the task it set."""
    told: dict[str, Any] = json.loads(
        stack.command("shell", "-v", "0", "-c", WRITTEN.format(said=said)).strip().splitlines()[-1]
    )
    return told


def row_by_keys(page: Page, within: str, but: str = "") -> Locator:
    """Walk with J to the first row of a part of the page that a call can be logged from and that does not say `but`."""
    wanted = page.locator(f"{within} [data-row].is-cur:has([data-log])")
    rows = page.locator("[data-row]").count()
    for _step in range(rows):
        page.keyboard.press("j")
        expect(page.locator("[data-row].is-cur")).to_be_focused()
        if wanted.count() and not (but and but in wanted.inner_text()):
            return wanted
    raise AssertionError(f"no row to log from in {within}")


def arrived(page: Page, name: str) -> None:
    """Wait for the card of a client, until its keys work."""
    expect(page.locator("h1")).to_have_text(name)
    page.wait_for_load_state("domcontentloaded")  # scripts of the page have run


def log(page: Page, said: str, name: str) -> None:
    """Log a call with the second result of the list; the toast says of whom, and the dialog is gone."""
    page.keyboard.press("l")
    expect(page.locator("#dialog textarea[name=text]")).to_be_focused()
    page.keyboard.type(said)
    page.keyboard.press("Shift+Tab")
    expect(page.locator("#dialog input[name=result]").first).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(page.locator("#dialog input[name=result]").nth(1)).to_be_checked()
    page.keyboard.press("Control+Enter")
    expect(page.locator("#dialog")).to_be_hidden()
    expect(page.locator("#toasts[aria-live=polite] .toast-x").last).to_contain_text(name)


def begin(page: Page) -> None:
    """Skip the side menu; read the keys."""
    page.goto("/")
    page.wait_for_load_state("networkidle")
    page.keyboard.press("Tab")
    expect(page.locator("a.skip")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#main")).to_be_focused()


def task_on_its_card(page: Page, said: str) -> str:
    """Open the client of the first task, log a call there; back on the day the same row is waiting."""
    row = row_by_keys(page, "#tasks")
    name = row.locator("a.name").inner_text()
    page.keyboard.press("Enter")
    arrived(page, name)
    log(page, said, name)
    expect(page.locator("section[aria-labelledby=h-tasks]")).to_contain_text(said)
    page.go_back()  # Alt and the left arrow are the browser's own keys
    expect(page.locator("#tasks [data-row].is-cur a.name")).to_have_text(name)
    expect(page.locator("#tasks [data-row].is-cur")).to_be_focused()
    return name


def contact_in_its_row(page: Page, said: str) -> str:
    """Log a call from a row of the contacts due: the row goes, the focus is on the one that took its place."""
    row = row_by_keys(page, "#contacts")
    link = row.locator("a.name")
    name, href = link.inner_text(), str(link.get_attribute("href"))
    log(page, said, name)
    expect(page.locator(f"#contacts a.name[href='{href}']")).to_have_count(0)
    expect(page.locator("#contacts [data-row].is-cur")).to_be_focused()
    return name


def focus_then_the_next(page: Page, said: str, spoken: str) -> str:
    """Log a call on the focus list: its row says so and keeps the focus; its card is a key away from the next one."""
    page.keyboard.press("g")
    page.keyboard.press("f")
    page.wait_for_url("**/segmentation/focus/", wait_until="domcontentloaded")
    row = row_by_keys(page, "#focus", but=spoken)
    name = row.locator("a.name").first.inner_text()
    names = page.locator("#focus tr[data-row] td.first a.name").all_inner_texts()
    log(page, said, name)
    expect(row).to_contain_text(spoken)
    expect(row).to_be_focused()
    page.keyboard.press("Enter")
    arrived(page, name)
    following = names[names.index(name) + 1]
    page.keyboard.press("n")
    arrived(page, following)
    page.keyboard.press("p")
    arrived(page, name)
    return name


def morning(visit: Callable[..., Page], stack: Stack, language: str, width: int, spoken: str, **dress: object) -> None:
    """Work through a morning, then hold what the base keeps against what was done."""
    page = visit("csm", language=language, width=width, **dress)
    said = {step: f"{step}, {language}" for step in ("task", "contact", "focus")}
    begin(page)
    names = {
        "task": task_on_its_card(page, said["task"]),
        "contact": contact_in_its_row(page, said["contact"]),
        "focus": focus_then_the_next(page, said["focus"], spoken),
    }
    assert page.complaints == []  # type: ignore[attr-defined]  # set by `visit`
    for step, words in said.items():
        told = written(stack, words)
        assert told["client"] == names[step]
        assert (told["day"], told["is_own"], told["result"]) == ("2026-07-17", True, "thinking")
        assert told["next"] == told["norm"] >= "2026-07-17"


def test_a_morning_in_russian(visit: Callable[..., Page], stack: Stack) -> None:
    morning(visit, stack, "ru", 1440, "поговорили")


@pytest.mark.slow
def test_a_morning_in_english_on_a_phone_in_the_dark(visit: Callable[..., Page], stack: Stack) -> None:
    morning(visit, stack, "en", 390, "spoken with", theme="dark")

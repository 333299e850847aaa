"""A head's morning and planning meeting: the letter and its link, the board, who is behind a number, tasks, minutes."""

from __future__ import annotations

import email
import email.policy
import re
import socket
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from playwright.sync_api import Page, expect

from tests.browser.stack import Stack, manage

pytestmark = [pytest.mark.browser, pytest.mark.slow]
MORNING = """
from datetime import datetime
from django.utils.timezone import make_aware
from kpi.reports import letters
from salescrm.base import notify
print(letters.write_due(make_aware(datetime(2026, 7, 17, 9))), notify.send_waiting())
"""
ROWS = "table => [...table.rows].map(row => [...row.cells].map(cell => cell.innerText.trim()))"


class Box:
    """Keeps the letters a mail server was given, by the address they are to."""

    def __init__(self) -> None:
        self.got: dict[str, email.message.EmailMessage] = {}

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802  # aiosmtpd's name
        letter = email.message_from_bytes(envelope.content, policy=email.policy.default)
        assert isinstance(letter, email.message.EmailMessage)
        self.got[envelope.rcpt_tos[0]] = letter
        return "250 OK"


@pytest.fixture
def smtp() -> Iterator[tuple[str, Box]]:
    """Run a mail server and return its address with what it gets."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    box = Box()
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    yield f"smtp://127.0.0.1:{port}", box
    controller.stop()


def number(text: str) -> float:
    """Read a number as the screen writes it."""
    return float(re.sub(r"[^\d,.-]", "", text).replace(",", ".") or "0")


def the_letter_opens_the_same_figures(page: Page, stack: Stack, smtp: tuple[str, Box]) -> None:
    """Send the day's letters by the mail server; the head's has a link that shows what the letter says."""
    address, box = smtp
    surroundings = {**stack.environment, "EMAIL_URL": address, "SALESCRM_URL": stack.url}
    written, sent = map(int, manage(surroundings, "shell", "-v", "0", "-c", MORNING).split()[-2:])
    assert written
    assert sent >= written
    letter = next(one for to, one in box.got.items() if to.startswith("hos@"))
    html, text = letter.get_body(("html",)), letter.get_body(("plain",))
    assert html is not None
    assert text is not None
    page.set_content(html.get_content())
    told = {row[0]: row[1:] for row in page.locator("table[border='1']").evaluate(ROWS)[1:]}
    fact = page.locator("p b").first.inner_text()
    link = str(page.locator("h2 a").get_attribute("href"))
    assert link.startswith(stack.url)
    assert link in text.get_content()
    page.goto(link)
    expect(page.locator("section[aria-labelledby=h-plan] b")).to_have_text(fact)
    for name, figures in told.items():
        row = page.locator("tr", has=page.locator("td.first", has_text=name)).first
        shown = row.locator("td").all_inner_texts()[1:]
        assert [number(one) for one in shown[-len(figures) :]] == [number(one) for one in figures], name
    assert len(told) > 5  # the whole department


def from_the_board_to_a_task(page: Page) -> tuple[str, str]:
    """Open who is behind a person's figure, whose sum is that figure, and set a task about the first client."""
    page.goto("/kpi/")
    row = page.locator("section[aria-labelledby=h-lines] tbody tr", has=page.locator("td.b a")).first
    manager, figure = row.locator("td.first a").inner_text(), row.locator("td.b a")
    shown = figure.inner_text()
    figure.click()
    total = page.locator("tfoot td.n")
    assert number(total.inner_text()) == pytest.approx(number(shown), abs=1)
    parts = [number(one) for one in page.locator("tbody td.n").all_inner_texts()]
    assert sum(parts) == pytest.approx(number(total.inner_text()), abs=0.01)
    link = page.locator("tbody a.name").first
    client = link.inner_text()
    link.click()
    expect(page.locator("h1")).to_have_text(client)
    page.locator("section[aria-labelledby=h-tasks] a[href*='/tasks/new/']").first.click()
    page.fill("#dialog input[name=title]", "Разобраться, почему меньше заказов")
    page.locator("#dialog select[name=assignee]").select_option(label=manager, force=True)
    page.locator("#dialog button[type=submit]").last.click()
    expect(page.locator("#dialog")).to_be_hidden()
    expect(page.locator("section[aria-labelledby=h-tasks]")).to_contain_text("почему меньше заказов")
    return manager, client


def planning_meeting(page: Page) -> str:
    """Call the department, walk through its people, decide, close; return who got the decision."""
    page.goto("/kpi/meetings/")
    page.locator("a[href$='/kpi/meetings/new/']").first.click()
    page.locator("#dialog button[type=submit]").last.click()
    page.wait_for_url(re.compile(r"/kpi/meetings/\d+/$"))
    expect(page.locator("section[aria-labelledby=h-agenda] li").first).to_be_visible()
    address = page.url
    page.locator("a[href*='/people/']", has_text="По сотрудникам").first.click()
    page.locator("a[rel=next]").click()
    page.locator("a[href*='/decide/']").first.click()
    page.fill("#dialog input[name=text]", "Обзвонить выпавших клиентов")
    chosen = page.locator("#dialog select[name=assignee] option:checked").inner_text()
    page.locator("#dialog button[type=submit]").last.click()
    expect(page.locator("#dialog")).to_be_hidden()
    page.goto(address)
    expect(page.locator("section[aria-labelledby=h-decisions]")).to_contain_text("Обзвонить выпавших")
    page.locator("a[href$='/close/']").click()
    page.locator("#dialog button[type=submit]").last.click()
    expect(page.locator("#dialog")).to_be_hidden()
    page.goto("/kpi/meetings/decisions/")
    expect(page.locator("main")).to_contain_text("Обзвонить выпавших")
    return chosen


def test_a_head_goes_from_the_letter_to_a_decision(
    visit: Callable[..., Page], stack: Stack, smtp: tuple[str, Box]
) -> None:
    page = visit("hos")
    the_letter_opens_the_same_figures(page, stack, smtp)
    manager, client = from_the_board_to_a_task(page)
    decided_for = planning_meeting(page)
    assert page.complaints == []  # type: ignore[attr-defined]  # set by `visit`
    asked = """
from deals.models import Task
for one in Task.objects.open().filter(title__in=["Обзвонить выпавших клиентов", "Разобраться, почему меньше заказов"]):
    print(one.title[:9], "|", one.assignee.short_name, "|", one.client.name if one.client else "")
"""
    rows = [
        [part.strip() for part in line.split("|")]
        for line in stack.command("shell", "-v", "0", "-c", asked).strip().splitlines()
    ]
    kept = {title: (who, of) for title, who, of in rows}
    assert kept["Разобрать"] == (manager, client)
    assert kept["Обзвонить"][0] in decided_for

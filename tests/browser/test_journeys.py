"""The main job in a real browser: orders in, the night runs, people see what it did and can take it back."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.stack import Stack

pytestmark = pytest.mark.browser
HEAD = "Контрагент;Номер;Дата;Товар;Количество;Сумма\n"
BAD = HEAD + "Северный Лён;П-1;31.02.2026;Полотенце;2;1 200,00\nСеверный Лён;П-2;16.07.2026;Полотенце;2;двести\n"
GOOD = HEAD + "Северный Лён;П-1;15.07.2026;Полотенце;2;1 200,00\nСеверный Лён;П-2;16.07.2026;Простыня;1;800,50\n"
LONG = 90_000  # ms for work in the background


def bring(page: Page, path: Path, kind: str = "orders") -> None:
    """Drop a file of a kind, accept the columns found, wait for the check."""
    page.goto("/imports/")
    page.select_option("#kind", kind)
    page.set_input_files("input[type=file]", str(path))
    page.click("main form button.btn-primary")
    expect(page.locator("main form[action*='/check/']")).to_be_visible()
    page.click("main form[action*='/check/'] button.btn-primary")
    page.wait_for_url(re.compile(r"/imports/\d+/"))
    expect(page.locator("section[id^='job-'] progress")).to_have_count(0, timeout=LONG)


def import_bad_then_good(page: Page, folder: Path) -> None:
    """A file with two bad cells is told cell by cell and changes nothing; the corrected one goes in."""
    bad, good = folder / "bad.csv", folder / "good.csv"
    bad.write_text(BAD, encoding="utf-8")
    good.write_text(GOOD, encoding="utf-8")
    bring(page, bad)
    expect(page.locator("main tbody")).to_contain_text("31.02.2026")
    expect(page.locator("main tbody")).to_contain_text("двести")
    page.goto("/clients/?q=Северный Лён")
    expect(page.locator("main tbody a.name", has_text="Северный Лён")).to_have_count(0)
    bring(page, good)
    page.click("main form[action*='/load/'] button.btn-primary")
    expect(page.locator("main form[action*='/undo/']")).to_be_visible(timeout=LONG)
    page.goto("/clients/?q=Северный Лён")
    expect(page.locator("main tbody a.name", has_text="Северный Лён")).to_have_count(1)


def change_rules(page: Page) -> None:
    """Let every hand-over wait for approval; the preview answers before anything is saved."""
    page.goto("/segmentation/rules/new/")
    expect(page.locator("#preview .note-info b").first).to_be_visible(timeout=LONG)
    page.locator("details:has(#id_hand_over_mode) > summary").click()
    page.select_option("#id_hand_over_mode", "approve")
    page.fill("#id_x_share", "45")
    expect(page.locator("#preview .note-info")).to_be_visible(timeout=LONG)
    page.fill("#id_comment", "Передачи утверждаем")
    page.locator("form#rules-form button.btn-primary").click()
    page.wait_for_url(re.compile(r"/segmentation/rules/(\?.*)?$"))
    expect(page.locator("main")).to_contain_text("Передачи утверждаем")


def run_night(page: Page) -> None:
    """Run the night that is missing and follow it to its end."""
    page.goto("/segmentation/nights/")
    page.locator("main a[href$='/nights/run/'][data-dialog]").first.click()
    page.locator("dialog[open] button.btn-primary").click()
    expect(page.locator("main a[href$='/nights/2026-07-16/']").first).to_be_visible(timeout=LONG)
    expect(page.locator("section[id^='job-'] progress")).to_have_count(0, timeout=LONG)
    page.reload()
    expect(page.locator("tr[data-href$='/nights/2026-07-16/'] td:nth-child(2) .good")).to_be_visible(timeout=LONG)


@dataclass(frozen=True)
class Proposal:
    """A hand-over as the list of proposals names it."""

    url: str
    client: str
    before: str
    after: str


def approve(page: Page) -> Proposal:
    """Approve everything that waits; return the first of it."""
    page.goto("/segmentation/zero/proposals/")
    row = page.locator("main tbody tr").first
    name, cells = row.locator("a.name"), row.locator("td").all_inner_texts()
    first = Proposal(str(name.get_attribute("href")), name.inner_text(), cells[-2].strip(), cells[-1].strip())
    page.locator("main a[href*='/zero/approve/'][data-dialog]").first.click()
    page.locator("dialog[open] button.btn-primary").click()
    expect(page.locator("[id='lane-handed'] article").first).to_be_visible(timeout=LONG)
    return first


def see_new_owner_and_undo(page: Page, moved: Proposal) -> None:
    """The card names the development manager; undoing brings the owner of before back."""
    page.goto(moved.url)
    expect(page.locator(".page-head")).to_contain_text(moved.after)
    page.goto(f"/segmentation/zero/?q={moved.client}")
    page.locator("main .lane a[href*='/undo/']").first.click()
    reason = page.locator("dialog[open] [name=reason]")
    if reason.count():
        reason.fill("Договорились о заказе")
    page.locator("dialog[open] button.btn-primary").click()
    expect(page.locator("dialog[open]")).to_have_count(0, timeout=LONG)
    page.goto(moved.url)
    expect(page.locator(".page-head")).to_contain_text(moved.before)


def journey(visit: Callable[..., Page], stack: Stack, folder: Path, **dress: object) -> None:
    """Log in, import, look at the matrix, change a rule, run the night, approve, see the owner, undo."""
    stack.command("shell", "-c", "from staff.models import Employee; "
                  "Employee.objects.filter(role='bdm_recovery').update(recovery_limit=9000)")  # fmt: skip
    page = visit("hos", **dress)
    import_bad_then_good(page, folder)
    page.goto("/segmentation/")
    expect(page.locator("table.mx td.is-top").first).to_be_visible()
    page.locator("table.mx td.is-top a").first.click()
    page.wait_for_url(re.compile(r"/clients/\?"))
    expect(page.locator("main tbody tr").first).to_be_visible()
    change_rules(page)
    run_night(page)
    see_new_owner_and_undo(page, approve(page))
    assert page.complaints == []  # type: ignore[attr-defined]  # set by `visit`


def test_the_main_job_in_russian(visit: Callable[..., Page], stack: Stack, tmp_path: Path) -> None:
    journey(visit, stack, tmp_path)

"""The frame in a real browser, on the page of components: keys, dialogs, toasts, selection, palette, theme."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from staff.access import Role
from tests import make
from tests.browser.conftest import sign_in
from tests.browser.test_axe import COLLECT, faults

# Playwright keeps an event loop in this thread, in which Django refuses to touch the database.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def ui(live_server: Any, chrome: Browser, settings: Any) -> Iterator[Page]:
    """Open the page of components as a head of sales, in English, on a desk."""
    settings.ROOT_URLCONF = "tests.browser.ui_urls"
    # the test's server reads static files where they lie, so their names must be plain
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = {**settings.STORAGES, "staticfiles": plain}
    make.employee("head", Role.HOS)
    context = chrome.new_context(
        base_url=live_server.url, locale="en-GB", viewport={"width": 1440, "height": 900}, reduced_motion="reduce"
    )
    context.set_default_timeout(15_000)
    page = context.new_page()
    page.add_init_script(COLLECT)
    sign_in(page, "head", make.PASSWORD)
    page.goto("/ui/")
    page.wait_for_load_state("networkidle")
    yield page
    page.wait_for_load_state("networkidle")
    page.wait_for_function("window.violations !== undefined")  # survives a page that is being left
    assert page.evaluate("violations") == []
    context.close()


def test_keys_walk_select_and_open_without_a_mouse(ui: Page) -> None:
    ui.keyboard.press("j")
    ui.keyboard.press("j")
    ui.keyboard.press("x")
    expect(ui.locator("[data-bulk-n]")).to_have_text("Selected 1")
    ui.keyboard.press("k")
    ui.keyboard.press("x")
    expect(ui.locator("[data-bulk-n]")).to_have_text("Selected 2")
    ui.click("[data-select-all]")
    expect(ui.locator("[data-bulk-n]")).to_have_text("Selected 64")
    ui.click("[data-select-none]")
    expect(ui.locator(".bulk")).to_be_hidden()
    ui.keyboard.press("?")
    expect(ui.locator("#keys")).to_be_visible()
    ui.keyboard.press("Escape")
    ui.keyboard.press("/")
    expect(ui.locator(".fbar input[name=q]")).to_be_focused()
    ui.keyboard.type("jx?")
    expect(ui.locator(".fbar input[name=q]")).to_have_value("jx?")


def test_a_dialog_gives_the_focus_back_and_its_toast_can_be_undone(ui: Page) -> None:
    opener = ui.locator(".page-head a[data-create]")
    opener.click()
    expect(ui.locator("#dialog .btn-primary")).to_be_focused()
    assert faults(ui) == []
    ui.keyboard.press("Escape")
    expect(opener).to_be_focused()
    opener.click()
    ui.click("#dialog .btn-primary")
    expect(ui.locator("#dialog")).to_be_hidden()
    expect(ui.locator("#toasts")).to_contain_text("3 clients moved")
    ui.click("#toasts [data-undo]")
    expect(ui.locator("#toasts")).to_contain_text("Undone")
    expect(ui.locator("#toasts")).not_to_contain_text("3 clients moved")


def test_a_redirect_inside_a_dialog_loads_the_page_and_keeps_its_toast(ui: Page) -> None:
    ui.click("text=Redirect")
    ui.click("#dialog .btn-primary")
    expect(ui.locator("#toasts")).to_contain_text("Saved, after a redirect")
    expect(ui.locator("#dialog")).to_be_hidden()


def test_what_cannot_be_undone_asks_by_name(ui: Page) -> None:
    ui.click("[data-confirm]")
    expect(ui.locator("#ask-h")).to_have_text("Delete the deal “Polo”?")
    expect(ui.locator("#ask-yes")).to_have_text("Delete the deal")
    ui.keyboard.press("Escape")
    expect(ui.locator("[data-confirm]")).to_be_focused()


def test_the_palette_offers_pages_and_follows_the_arrow_keys(ui: Page) -> None:
    ui.keyboard.press("Control+k")
    expect(ui.locator("#palette-q")).to_be_focused()
    ui.keyboard.type("my d")
    expect(ui.locator("#palette-l [aria-selected=true]")).to_contain_text("My day")
    with ui.expect_navigation(url="**/"):
        ui.keyboard.press("Enter")


def test_what_the_mouse_chooses_in_the_palette_opens_in_its_place(ui: Page) -> None:
    ui.keyboard.press("Control+k")
    ui.locator("#palette-go [data-dialog]").first.click()
    expect(ui.locator("#dialog")).to_be_visible()
    expect(ui.locator("#palette")).to_be_hidden()


def test_why_opens_beside_its_button_and_closes(ui: Page) -> None:
    why = ui.locator(".page-head .why")
    why.click()
    expect(ui.locator("#why")).to_contain_text("Place by turnover")
    assert faults(ui) == []
    ui.keyboard.press("Escape")
    expect(ui.locator("#why")).to_be_hidden()
    expect(why).to_have_attribute("aria-expanded", "false")


def test_a_chart_is_drawn_when_it_comes_into_view(ui: Page) -> None:
    assert ui.locator("#ui-lines svg").count() == 0
    ui.locator("#ui-lines").scroll_into_view_if_needed()
    expect(ui.locator("#ui-lines svg")).to_be_visible()


def test_the_theme_and_the_language_are_kept(ui: Page) -> None:
    ui.click(".me-b")
    ui.click("#menu-me [value=dark]")
    expect(ui.locator("html")).to_have_attribute("data-bs-theme", "dark")
    ui.click(".me-b")
    ui.click("#menu-me [value=ru]")
    expect(ui.locator("html")).to_have_attribute("lang", "ru")


def test_a_lost_session_says_so_and_keeps_the_page(ui: Page) -> None:
    ui.locator(".fbar input[name=q]").evaluate("box => { box.value = 'typed text'; }")  # not yet sent off by itself
    ui.context.clear_cookies()
    ui.click(".bell")
    expect(ui.locator("#toasts")).to_contain_text("You are signed out")
    expect(ui.locator(".fbar input[name=q]")).to_have_value("typed text")


def test_a_section_of_the_menu_is_folded_and_stays_so(ui: Page) -> None:
    section = ui.locator(".side [data-section=base]")
    expect(section.locator("a").first).to_be_visible()
    section.locator("summary").click()
    expect(section.locator("a").first).to_be_hidden()
    ui.reload()
    expect(section.locator("a").first).to_be_hidden()
    section.locator("summary").press("Enter")
    expect(section.locator("a").first).to_be_visible()
    ui.reload()
    expect(section.locator("a").first).to_be_visible()

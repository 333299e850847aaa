"""Every page in a real browser: no serious axe fault, no broken CSP, no sideways scroll; languages, sizes, themes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.needs import ROOT

pytestmark = pytest.mark.browser

PAGES = {  # address: role that sees most of it
    "/": "hos",
    "/clients/": "hos",
    "/clients/?top=yes": "csm",
    "/clients/?cols=name,city,region,type,branch": "csm",
    "/clients/new/": "hos",
    "/clients/distribution/": "hos",
    "/clients/distribution/?branch=1&to=7&to=8&norm=no": "hos",
    "CARD": "hos",
    "/clients/contacts/new/": "hos",
    "/clients/duplicates/": "hos",
    "PAIR": "hos",
    "/clients/joinings/": "hos",
    "/clients/reconciliation/": "hos",
    "/clients/completeness/": "hos",
    "/clients/completeness/rules/": "hos",
    "/tasks/": "csm",
    "/tasks/calendar/": "csm",
    "/tasks/calendar/?look=week&assignee=me&state=open": "csm",
    "/tasks/feed/": "csm",
    "/deals/": "csm",
    "/deals/control/": "hos",
    "/deals/funnel/": "hos",
    "/deals/pipelines/": "hos",
    "/deals/pipelines/1/": "hos",
    "/deals/pipelines/1/edit/": "hos",
    "/deals/stages/1/": "hos",
    "/leads/": "csh",
    "LEAD": "csh",
    "/leads/new/": "csm",
    "/leads/quick/": "csm",
    "/leads/report/": "csh",
    "/leads/settings/": "csh",
    "/forms/demo/": "csh",
    "/typology/": "marketer",
    "/segmentation/": "hos",
    "/segmentation/rules/": "hos",
    "/segmentation/top/": "hos",
    "/segmentation/priorities/": "hos",
    "/segmentation/priorities/?view=proposed": "hos",
    "/segmentation/priorities/criteria/": "hos",
    "/segmentation/priorities/criteria/new/": "hos",
    "/segmentation/focus/": "hos",
    "/segmentation/programmes/": "hos",
    "PROGRAMME": "hos",
    "/segmentation/zero/": "hos",
    "/segmentation/contacts/": "hos",
    "/segmentation/zero/reasons/": "hos",
    "/segmentation/zero/recovery/": "hos",
    "/segmentation/nights/": "hos",
    "NIGHT": "hos",
    "/kpi/": "hos",
    "/kpi/?by=direction": "hos",
    "/kpi/behind/?measure=turnover": "hos",
    "/kpi/reports/": "hos",
    "/kpi/reports/letter/": "csm",
    "/kpi/plans/": "hos",
    "/kpi/plans/?employee=7": "hos",
    "PLAN": "hos",
    "/kpi/plans/seasonality/": "hos",
    "/imports/": "hos",
    "/staff/": "hos",
    "/handbook/": "hos",
    "/handbook/contact_norm/": "hos",
    "/handbook/contact_norm/edit/": "hos",
    "/handbook/contact_norm/test/": "csm",
    "/handbook/contact_norm/readers/": "hos",
    "/staff/access-log/": "hos",
    "PERSON": "hos",
    "/search/?q=текстиль": "hos",
    "/accounts/password/change/": "csm",
    "/accounts/2fa/": "csm",
    "/accounts/sessions/": "csm",
    "/admin/": "deputy_it",
    "/no-such-page/": "csm",
}
MAIN = ["/", "/clients/", "CARD", "/deals/", "/tasks/calendar/", "/segmentation/zero/", "/kpi/", "PLAN"]
FIRST_LINK = {  # where the address stands, and the link that has it
    "CARD": ("/clients/", "main table a[href^='/clients/']"),
    "LEAD": ("/leads/", "main table a.name[href^='/leads/']"),
    "PAIR": ("/clients/duplicates/", "main a[href*='/join/']"),
    "NIGHT": ("/segmentation/nights/", "main a[href*='/nights/2']"),
    "PROGRAMME": ("/segmentation/programmes/", "main table a[href^='/segmentation/programmes/']"),
    "PLAN": ("/kpi/plans/", "main table a[href^='/kpi/plans/2'], main table a[href^='/kpi/plans/1']"),
    "PERSON": ("/staff/", "main table a[href^='/staff/']"),
}
COLLECT = """
window.violations = [];
document.addEventListener("securitypolicyviolation", e => violations.push(e.violatedDirective + " " + e.blockedURI));
"""
AXE = ROOT / "node_modules/axe-core/axe.min.js"


HOLD = "document.addEventListener('htmx:beforeRequest', window.hold = one => one.preventDefault())"
LET_GO = "document.removeEventListener('htmx:beforeRequest', window.hold)"


def faults(page: Page) -> list[str]:
    """Run axe on the page and list the serious and critical faults with where they are."""
    page.evaluate(HOLD)  # what asks again every second would be pale, and drawn anew, while it is looked at
    expect(page.locator(".htmx-request")).to_have_count(0)  # what waits for an answer is pale
    page.evaluate(AXE.read_text(encoding="utf-8"))
    result: dict[str, Any] = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    page.evaluate(LET_GO)
    return [
        f"{found['id']}: {found['help']} at {[node['target'] for node in found['nodes'][:3]]}"
        for found in result["violations"]
        if found["impact"] in ("serious", "critical")
    ]


SIDEWAYS = """() => {
  const sticksOut = one => one.getBoundingClientRect().right > window.innerWidth + 1;
  if (document.documentElement.scrollWidth <= window.innerWidth) return [];
  const first = [...document.body.querySelectorAll("*")].filter(one => sticksOut(one) && !sticksOut(one.parentElement));
  return ["the page scrolls sideways", ...first.slice(0, 5).map(one => one.outerHTML.slice(0, 120))];
}"""

CHANGED = """() => Promise.allSettled(
  document.getAnimations().filter(one => one.effect.getComputedTiming().endTime < 5000).map(one => one.finished)
)"""


def open_page(page: Page, address: str) -> None:
    """Open an address, or the first link of its kind, and wait for its lazy parts."""
    if address in FIRST_LINK:
        start, link = FIRST_LINK[address]
        page.goto(start)
        address = str(page.locator(link).first.get_attribute("href"))
    page.goto(address)
    page.wait_for_load_state("networkidle")


def look(page: Page, address: str) -> None:
    """Open the page and hold it against everything that must always hold."""
    page.add_init_script(COLLECT)
    open_page(page, address)
    assert page.evaluate("violations") == []
    assert faults(page) == []
    assert page.evaluate(SIDEWAYS) == []
    missing = "404" if address == "/no-such-page/" else "nothing"
    assert [c for c in page.complaints if missing not in c] == []  # type: ignore[attr-defined]  # set by `visit`


@pytest.mark.parametrize("address", MAIN)
def test_a_main_page_in_english_on_a_phone_in_the_dark(visit: Callable[..., Page], address: str) -> None:
    look(visit(PAGES[address], language="en", width=390, theme="dark"), address)


@pytest.mark.slow
@pytest.mark.parametrize("language", ["ru", "en"])
@pytest.mark.parametrize("address", PAGES)
def test_a_page_in_every_dress(visit: Callable[..., Page], address: str, language: str) -> None:
    """On a desk and on a phone, by day and by night; the page is opened once and changes its clothes."""
    page = visit(PAGES[address], language=language)
    look(page, address)
    for width in (1440, 390):
        page.set_viewport_size({"width": width, "height": 900})
        for theme in ("dark", "light"):
            page.emulate_media(color_scheme=theme)
            page.evaluate(CHANGED)
            assert faults(page) == [], (width, theme)
        assert page.evaluate(SIDEWAYS) == [], width
    assert page.evaluate("violations") == []


def test_the_log_in_page(visit: Callable[..., Page]) -> None:
    page = visit("csm")
    page.context.clear_cookies()
    look(page, "/accounts/login/")

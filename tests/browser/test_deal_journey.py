"""From the public form to the paid shipment in a real browser, and the next deal that opens by itself."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.stack import Stack
from tests.browser.test_journeys import LONG, bring

pytestmark = [pytest.mark.browser, pytest.mark.slow]
FIRM = "Лавка Снегири"
INN = "7707083893"
AMOUNT = "48000"
ISSUED = "2026-07-15"  # the second working day before the program's today
SHIPPED = "2026-07-17"
BOOKS = """
import json
from clients.models import Client
from deals.dealing.models import Deal
client = Client.objects.get(name={name!r})
print(json.dumps({{
    "state": client.standing.life_cycle, "debt": float(client.standing.debt or 0), "type": str(client.segment),
    "deals": [
        [one.pipeline.code, one.state, float(one.amount), str(one.expected_on), one.tasks.filter(state="open").count()]
        for one in Deal.objects.filter(client=client).order_by("pk")
    ],
    "invoice_tasks": client.tasks.filter(invoice__isnull=False).count(),
    "next": str(client.standing.expected_on),
}}))
"""


def books(stack: Stack) -> dict[str, Any]:
    """Read from the base what has become of the firm."""
    told = stack.command("shell", "-v", "0", "-c", BOOKS.format(name=FIRM))
    found: dict[str, Any] = json.loads(told.strip().splitlines()[-1])
    return found


def dialog(page: Page, link: str) -> Locator:
    """Open the dialog behind a link of the page."""
    page.locator(f"main {link}, .page-head {link}").first.click()
    opened = page.locator("dialog[open]")
    expect(opened.locator("form")).to_be_visible()
    return opened


def send(opened: Locator) -> None:
    """Send the dialog's form and see it go."""
    opened.locator("button.btn-primary[type=submit], form button.btn-primary").last.click()
    expect(opened).to_have_count(0)


def fill(opened: Locator, **values: str) -> None:
    """Fill the fields the dialog asks for; a list to choose from gets its first answer."""
    for name in {str(one.get_attribute("name")) for one in opened.locator("input[type=radio]").all()}:
        group = opened.locator(f"input[type=radio][name='{name}']")
        if not any(one.is_checked() for one in group.all()):
            group.first.check(force=True)
    for name, value in values.items():
        field = opened.locator(f"[name='{name}']:not([type=radio]):not([type=hidden])")
        if field.count():
            if field.evaluate("one => one.tagName") == "SELECT":
                field.select_option(index=1)
            else:
                field.fill(value)


def ask_by_form(chrome: Browser, stack: Stack, dress: dict[str, Any]) -> None:
    """A stranger fills in the public form, as slowly as people do."""
    context = chrome.new_context(base_url=stack.url, locale="ru-RU", viewport={"width": dress["width"], "height": 900})
    page = context.new_page()
    page.goto("/forms/demo/")
    page.fill("[name=person]", "Инна Снегирёва")
    page.fill("[name=company]", FIRM)
    page.fill("[name=phone]", "+7 921 555-01-02")
    page.fill("[name=email]", "inna@snegiri.example")
    if page.locator("[name=text]").count():
        page.fill("[name=text]", "Полотенца и халаты для магазина")
    page.check("[name=agrees]")
    page.wait_for_timeout(3500)
    page.click("button.btn-primary")
    expect(page.locator("form")).to_have_count(0)
    context.close()


def distribute(page: Page, name: str) -> str:
    """The head gives the lead to a manager; return its address."""
    page.goto("/leads/")
    row = page.locator("main tbody tr", has_text=FIRM)
    url = str(row.locator("a.name").get_attribute("href"))
    page.goto(url)
    opened = dialog(page, "a[href*='/leads/assign/']")
    opened.locator("select[name=to]").evaluate(
        "(one, name) => { one.value = [...one.options].find(o => o.text === name).value; }", name
    )
    send(opened)
    expect(page.locator("main")).to_contain_text(name)
    return url


def work_the_lead(page: Page, url: str) -> str:
    """The manager calls, learns the type, qualifies, converts; return the address of the new client."""
    page.goto(url)
    opened = dialog(page, "a[data-log]")
    fill(opened, text="Открывают второй магазин, нужны полотенца")
    send(opened)
    opened = dialog(page, "a[href$='/facts/']")
    opened.locator("select[name=segment]").evaluate("one => { one.selectedIndex = 1; }")
    fill(opened, need="Полотенца", monthly_need="50000")
    send(opened)
    opened = dialog(page, "a[href$='/qualify/']")
    fill(opened)
    send(opened)
    opened = dialog(page, "a[href$='/convert/']")
    opened.locator("input[name=into][value=new]").check(force=True)
    fill(opened, name=FIRM, inn=INN)
    send(opened)
    became = page.locator("main .note-good a[href^='/clients/']")
    expect(became).to_have_text(FIRM)
    return str(became.get_attribute("href"))


def win(page: Page, deal: str) -> None:
    """Go through the stages of a deal, each with what it asks for, and win it."""
    told = {"amount": AMOUNT, "comment": "Договорились", "expected_on": SHIPPED, "order_number": "З-1"}
    page.goto(deal)
    for _stage in range(8):
        onwards = page.locator(".page-head a.btn-primary[href*='/move/']")
        if not onwards.count():
            break
        stage = page.locator("ol.stages [aria-current=step]").inner_text()
        opened = dialog(page, "a.btn-primary[href*='/move/']")
        fill(opened, **told, contact="", legal_entity="")
        send(opened)
        expect(page.locator("ol.stages [aria-current=step]")).not_to_have_text(stage)
    opened = dialog(page, "a[href$='/win/']")
    fill(opened, **told, contact="", legal_entity="", closed_on=SHIPPED)
    send(opened)
    expect(page.locator(".page-head .pill-good")).to_be_visible()


def load(page: Page, kind: str, path: Path) -> None:
    """Bring a file of a kind, check it, load it."""
    bring(page, path, kind)
    page.click("main form[action*='/load/'] button.btn-primary")
    expect(page.locator("main form[action*='/undo/']")).to_be_visible(timeout=LONG)


def open_deal(page: Page, card: str) -> str:
    """Return the address of the only open deal of the client's card."""
    page.goto(card)
    link = page.locator("main section[aria-labelledby=h-deals] a[href^='/deals/'], main a.name[href^='/deals/']").first
    expect(link).to_be_visible()
    return str(link.get_attribute("href"))


def bill(page: Page, stack: Stack, card: str, head: Page, folder: Path) -> None:
    """Write the invoice; on its second day it is a task; the payment comes by a file and closes both."""
    page.goto(f"/invoices/new/?client={card.strip('/').rpartition('/')[2]}")
    fill(page.locator("main form"), number="СЧ-900", issued_on=ISSUED, amount=AMOUNT)
    page.locator("main form button.btn-primary").click()
    expect(page.locator("main [name=number]")).to_have_count(0)
    stack.command("shell", "-v", "0", "-c", "from deals.invoices import daily; import datetime; "
                  "daily.run(datetime.date.fromisoformat('2026-07-17'))")  # fmt: skip
    told = books(stack)
    assert told["debt"] == float(AMOUNT)
    assert told["invoice_tasks"] > 0
    paid = folder / "payments.csv"
    paid.write_text(
        f"Контрагент;ИНН;Номер;Дата;Сумма;Номер счета\n{FIRM};{INN};П-900;17.07.2026;48000,00;СЧ-900\n",
        encoding="utf-8",
    )
    load(head, "payments", paid)
    assert books(stack)["debt"] == 0


def ship(head: Page, folder: Path) -> None:
    """The shipment comes by the file of the accounting system."""
    path = folder / "orders.csv"
    path.write_text(
        f"Контрагент;ИНН;Номер;Дата;Товар;Количество;Сумма\n{FIRM};{INN};О-900;17.07.2026;Полотенце;120;48000,00\n",
        encoding="utf-8",
    )
    load(head, "orders", path)


def followed(stack: Stack) -> dict[str, Any]:
    """Wait until the worker has closed the deal the shipment completes and opened what follows."""
    until = monotonic() + LONG / 1000
    while len(books(stack)["deals"]) < 3 and monotonic() < until:
        sleep(1)
    return books(stack)


def from_lead_to_next_deal(
    visit: Callable[..., Page], chrome: Browser, stack: Stack, folder: Path, **dress: Any
) -> None:
    """Walk the whole way, then hold the base against it."""
    ask_by_form(chrome, stack, dress)
    head, manager = visit("hos", **dress), visit("csm", **dress)
    manager.goto("/accounts/sessions/")
    name = str(manager.locator(".me-b .b").text_content()).strip()
    card = work_the_lead(manager, distribute(head, name))
    win(manager, open_deal(manager, card))
    after_contract = books(stack)
    assert [deal[:2] for deal in after_contract["deals"]] == [["contract", "won"], ["shipment", "open"]]
    assert after_contract["deals"][1][4] == 1
    bill(manager, stack, card, head, folder)
    ship(head, folder)
    told = followed(stack)
    assert len(told["deals"]) == 3, told
    contract, first, following = told["deals"]
    assert (contract[:2], first[:3]) == (["contract", "won"], ["shipment", "won", float(AMOUNT)])
    assert following[:2] == ["shipment", "open"]
    assert following[3] == "2026-08-16"  # the shipment + the usual days: one purchase makes no rhythm
    assert following[4] == 1
    assert [page.complaints for page in (head, manager)] == [[], []]  # type: ignore[attr-defined]  # set by `visit`


def test_from_the_public_form_to_the_next_deal_in_russian(
    visit: Callable[..., Page], chrome: Browser, stack: Stack, tmp_path: Path
) -> None:
    from_lead_to_next_deal(visit, chrome, stack, tmp_path, language="ru", width=1440)

"""What a new owner gets with a client (R118), and what was done since the hand-over (R126)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from django.test import Client as Browser
from django.utils.timezone import make_aware

from clients.models import Client, LossReason, OwnershipReason
from deals.actions import change_owners
from salescrm.base.models import AccessLog, Notification
from segmentation import recovery, transfers
from segmentation.models import CaseState, LossAnswer, ZeroCase
from staff.models import Employee
from tests import make
from tests.segmentation.world import NIGHT, case, classed, nights, silent

pytestmark = pytest.mark.django_db
BrowserOf = Callable[[str], Browser]
People = dict[str, Employee]
HANDED = NIGHT + timedelta(days=1)  # today
SILENT_SINCE = NIGHT - timedelta(days=200)


@pytest.fixture
def client(people: People, today: date) -> Client:
    """A client the night has handed over from the csm to the development manager, from today."""
    nights()
    made = make.client("Лютик", people["csm"])
    classed(made, "AX", 1000)
    silent(made, days=200)
    make.shipment(made, SILENT_SINCE, 700)
    change_owners({made.pk: people["bdm_recovery"].pk}, starts_on=HANDED, reason=OwnershipReason.ZERO, night=NIGHT)
    case(made, CaseState.HANDED_OVER, people["csm"], people["bdm_recovery"], silent_since=SILENT_SINCE)
    return made


def address(client: Client, day: date = HANDED) -> str:
    return f"/segmentation/transfers/{client.pk}/{day}/"


def test_the_package_has_what_the_receiver_needs(
    browser_of: BrowserOf, people: People, client: Client, today: date
) -> None:
    csm = people["csm"]
    make.said(client, csm, NIGHT - timedelta(days=9), "Обещали подумать", agreements="Скидка 5 % до августа")
    contact = make.contact(client, "Волкова Анна")
    make.point(client, "+79215550012", contact=contact)
    make.task("Перезвонить Волковой", people["bdm_recovery"], client=client, due_on=today)
    make.deal(client, people["bdm_recovery"], today, "Вернуть Лютик")
    price = LossReason.objects.create(code="price", name="Цена", name_en="Price")
    LossAnswer.objects.create(
        client=client, silent_since=SILENT_SINCE, reason=price, note="нашли дешевле", author=csm, day=NIGHT
    )
    page = browser_of("bdm_recovery").get(address(client)).content.decode()
    for said in (
        "Обещали подумать", "Скидка 5 % до августа", "Волкова Анна", "555-00-12", "Перезвонить Волковой",
        "Вернуть Лютик", "нашли дешевле", "No purchase after", csm.short_name, "data-print",
    ):  # fmt: skip
        assert said in page, said
    assert "No attempt is recorded." not in page


@pytest.mark.parametrize(
    "entry",
    [
        None,
        {"kind": "note", "result": None, "is_connected": False, "is_two_way": False},
        {"way": "in"},
        {"author": "hos"},
        {"day": SILENT_SINCE - timedelta(days=1)},
    ],
)
def test_a_transfer_without_an_attempt_of_the_previous_owner_is_flagged(
    browser_of: BrowserOf, people: People, client: Client, entry: dict[str, Any] | None
) -> None:
    if entry is not None:
        author, day = people[entry.pop("author", "csm")], entry.pop("day", NIGHT - timedelta(days=3))
        make.said(client, author, day, "Не дозвонились", **entry)
    assert "No attempt is recorded." in browser_of("bdm_recovery").get(address(client)).content.decode()


def test_a_hand_over_by_hand_has_its_package_and_the_receiver_is_led_to_it(
    browser_of: BrowserOf, people: People, today: date
) -> None:
    nights()
    client = make.client("Ирис", people["csm"])
    other = people["bdm_key"]
    sent = {"owner": other.pk, "note": "ведёт холдинг"}
    assert browser_of("csh").post(f"/clients/{client.pk}/owner/", sent).status_code == 302
    told = Notification.objects.get(person=other)
    assert told.url == address(client, today)
    page = browser_of("bdm_key").get(told.url).content.decode()
    assert "ведёт холдинг" in page.lower()
    assert people["csh"].short_name in page
    task = make.task("Познакомиться", other, client=client, due_on=today)
    assert told.url in browser_of("bdm_key").get(f"/tasks/{task.pk}/").content.decode()
    assert told.url in browser_of("bdm_key").get(f"/clients/{client.pk}/").content.decode()
    assert told.url in browser_of("bdm_key").get(f"/clients/{client.pk}/owners/").content.decode()


@pytest.mark.parametrize(("role", "status"), [("csh", 200), ("director", 200), ("marketer", 200), ("csm", 404)])
def test_who_sees_the_client_sees_the_package(browser_of: BrowserOf, client: Client, role: str, status: int) -> None:
    assert browser_of(role).get(address(client)).status_code == status


@pytest.mark.parametrize(
    ("role", "at_once", "asks"), [("bdm_recovery", True, False), ("director", False, True), ("marketer", False, False)]
)
def test_phones_stand_in_it_for_who_works_the_client_others_ask_and_are_counted(
    browser_of: BrowserOf, client: Client, role: str, at_once: bool, asks: bool
) -> None:
    person = make.contact(client, "Волкова Анна")
    make.point(client, "+79215550012", contact=person)
    browser = browser_of(role)
    page = browser.get(address(client)).content.decode()
    assert ("555-00-12" in page, f"/clients/{client.pk}/contacts/shown/" in page) == (at_once, asks)
    if asks:
        shown = browser.post(f"/clients/{client.pk}/contacts/shown/", {"contact": person.pk})
        assert "555-00-12" in shown.content.decode()
        assert AccessLog.objects.count() == 1


@pytest.mark.parametrize(("day", "status"), [("2026-02-30", 404), ("x", 404), (str(NIGHT), 302)])
def test_another_day_has_no_package(browser_of: BrowserOf, client: Client, day: str, status: int) -> None:
    assert browser_of("csh").get(f"/segmentation/transfers/{client.pk}/{day}/").status_code == status


def test_the_board_says_what_was_done_since(browser_of: BrowserOf, people: People, client: Client, today: date) -> None:
    receiver = people["bdm_recovery"]
    assert "nothing done yet" in browser_of("csh").get("/segmentation/zero/").content.decode()
    make.said(client, receiver, HANDED)
    make.said(client, receiver, HANDED - timedelta(days=1), "до передачи")
    closed = make_aware(datetime.combine(HANDED, time(12)))
    make.task("Позвонить", receiver, client=client, due_on=today, state="done", closed_at=closed, closed_by=receiver)
    make.deal(client, receiver, today)
    make.shipment(client, HANDED, 90)
    found = ZeroCase.objects.get(client=client)
    since = transfers.since_cases([found.pk])[client.pk]
    one = transfers.Mark(1, HANDED)
    assert since == transfers.Since(one, one, one, one)
    page = browser_of("csh").get("/segmentation/zero/").content.decode()
    assert "nothing done yet" not in page
    assert address(client) in page
    report = recovery.report(people["csh"], Client.objects.all(), today)
    assert (report.total.received, report.total.worked) == (1, 1)


def test_the_number_of_queries_does_not_grow_with_what_is_known(
    browser_of: BrowserOf, people: People, client: Client, today: date, django_assert_max_num_queries: Any
) -> None:
    browser, receiver = browser_of("bdm_recovery"), people["bdm_recovery"]
    browser.get(address(client))
    counts = []
    for first, last in ((0, 3), (3, 30)):
        for n in range(first, last):
            make.said(client, people["csm"], NIGHT - timedelta(days=n + 1), f"Звонок {n}", agreements="Да")
            make.task(f"Задача {n}", receiver, client=client, due_on=today)
            make.deal(client, receiver, today, f"Сделка {n}")
            make.shipment(client, NIGHT - timedelta(days=201 + n), 10)
            make.point(client, f"+7921555{n:04}", contact=make.contact(client, f"Человек {n}"))
        with django_assert_max_num_queries(45) as captured:
            browser.get(address(client))
        counts.append(len(captured))
    assert counts[1] <= counts[0]

"""Why clients are silent: who may answer, how long an answer holds, and that every number opens its clients."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client as Browser

from clients.models import Client, LossReason, Segment, Sphere
from segmentation.models import LossAnswer
from staff.models import Employee
from tests import make
from tests.segmentation.world import NIGHT, classed, nights, silent

pytestmark = pytest.mark.django_db
BrowserOf = Callable[[str], Browser]
BOARD, REPORT, LIST = "/segmentation/zero/", "/segmentation/zero/reasons/", "/clients/"


@pytest.fixture
def reasons() -> dict[str, LossReason]:
    """Two reasons that are offered and one that is no longer."""
    rows = [("price", "Price", True), ("season", "Season", True), ("old", "Old one", False)]
    return {
        code: LossReason.objects.create(code=code, name=name, name_en=name, order=n, is_active=is_active)
        for n, (code, name, is_active) in enumerate(rows)
    }


@pytest.fixture
def base(people: dict[str, Employee], today: date, reasons: dict[str, LossReason]) -> dict[str, Client]:
    """Silent clients of three kinds and of two types, and one that buys."""
    nights()
    printers, shops = Sphere.objects.create(code="p", name="Print"), Sphere.objects.create(code="s", name="Shops")
    agency = Segment.objects.create(sphere=printers, code="agency", name="Agency")
    own = Segment.objects.create(sphere=printers, code="own", name="Own printing")
    retail = Segment.objects.create(sphere=shops, code="retail", name="Retail")
    given = [
        ("zero", "zero", agency, 7), ("lost", "lost", own, 5), ("once zero", "zero", retail, 1),
        ("once active", "active", None, 1), ("new", "new", agency, 1), ("buying", "active", agency, 9),
        ("archived", "archived", agency, 1),
    ]  # fmt: skip
    made = {}
    for number, (name, life, segment, purchases) in enumerate(given):
        made[name] = make.client(name, people["csm"], segment=segment, standing={"purchases": purchases})
        classed(made[name], "AX", 100 + number)
        silent(made[name], days=100, life=life)
    return made


def url(client: Client) -> str:
    """Return the address of a client's dialog."""
    return f"{BOARD}reason/{client.pk}/"


def sent(client: Client, reason: LossReason, note: str = "") -> dict[str, Any]:
    """Return what the dialog sends."""
    return {"reason": reason.pk, "note": note, "since": client.standing.last_purchase_on}


def listed(browser: Browser, address: str) -> set[str]:
    """Return the names in the list of clients of an address."""
    return {row.client.name for row in browser.get(address).context["rows"]}


def test_an_answer_is_written_and_the_chip_put_in_its_place(
    base: dict[str, Client], reasons: dict[str, LossReason], people: dict[str, Employee], browser_of: BrowserOf
) -> None:
    one, browser = base["zero"], browser_of("csm")
    assert "Why is zero silent?" in browser.get(url(one)).content.decode()
    page = browser.post(url(one), sent(one, reasons["price"], "10 % dearer"), headers={"HX-Request": "true"})
    answer = LossAnswer.objects.get()
    assert (answer.client, answer.reason, answer.note) == (one, reasons["price"], "10 % dearer")
    assert (answer.author, answer.day, answer.silent_since) == (people["csm"], date(2026, 7, 16), date(2026, 4, 6))
    assert page["HX-Reswap"] == "none"
    assert "dialog-close" in page["HX-Trigger"]
    text = page.content.decode()
    assert f'id="reason-{one.pk}"' in text
    assert 'hx-swap-oob="true"' in text
    assert "Price" in text


def test_without_htmx_one_comes_to_the_card(
    base: dict[str, Client], reasons: dict[str, LossReason], browser_of: BrowserOf
) -> None:
    one = base["lost"]
    assert browser_of("csh").post(url(one), sent(one, reasons["price"]))["Location"] == f"/clients/{one.pk}/"


def test_a_double_submit_is_one_answer_and_a_second_one_holds(
    base: dict[str, Client], reasons: dict[str, LossReason], browser_of: BrowserOf
) -> None:
    one, browser = base["zero"], browser_of("csm")
    for _time in range(2):
        browser.post(url(one), sent(one, reasons["price"], "dear"))
    assert LossAnswer.objects.count() == 1
    browser.post(url(one), sent(one, reasons["season"]))
    assert LossAnswer.objects.count() == 2
    assert listed(browser, f"{LIST}?loss_reason=season") == {"zero"}
    assert listed(browser, f"{LIST}?loss_reason=price") == set()
    panel = browser.get(f"/segmentation/panels/{one.pk}/silence/")
    assert (panel.context["now"].reason, [row.note for row in panel.context["earlier"]]) == (
        reasons["season"],
        ["dear"],
    )


def test_a_purchase_ends_the_answer_and_undoing_it_brings_the_answer_back(
    base: dict[str, Client], reasons: dict[str, LossReason], browser_of: BrowserOf
) -> None:
    one, browser = base["zero"], browser_of("csm")
    asked = sent(one, reasons["price"])
    browser.post(url(one), asked)
    before, one.standing.last_purchase_on = one.standing.last_purchase_on, NIGHT
    one.standing.save()
    assert listed(browser, f"{LIST}?loss_reason=price") == set()
    assert "zero" in listed(browser, f"{LIST}?loss_reason=none")
    page = browser.post(url(one), asked | {"note": "again"})
    assert page.status_code == 422
    assert "bought meanwhile" in page.content.decode()
    one.standing.last_purchase_on = before
    one.standing.save()
    assert listed(browser, f"{LIST}?loss_reason=price") == {"zero"}


@pytest.mark.parametrize("name", ["buying", "new", "archived"])
def test_who_is_not_silent_is_not_asked(
    base: dict[str, Client], reasons: dict[str, LossReason], browser_of: BrowserOf, name: str
) -> None:
    assert browser_of("hos").post(url(base[name]), sent(base[name], reasons["price"])).status_code == 422
    assert not LossAnswer.objects.exists()


@pytest.mark.parametrize(
    ("changes", "said"),
    [({"reason": ""}, "Choose a reason"), ({"reason": "0"}, "no longer used"), ({"note": "x" * 301}, "300")],
)
def test_a_fault_is_said_in_words(
    base: dict[str, Client], reasons: dict[str, LossReason], browser_of: BrowserOf, changes: dict[str, str], said: str
) -> None:
    page = browser_of("csm").post(url(base["zero"]), sent(base["zero"], reasons["price"]) | changes)
    assert page.status_code == 422
    assert said in page.content.decode()


def test_a_reason_no_longer_used_is_refused(
    base: dict[str, Client], reasons: dict[str, LossReason], browser_of: BrowserOf
) -> None:
    browser = browser_of("csm")
    assert "Old one" not in browser.get(url(base["zero"])).content.decode()
    page = browser.post(url(base["zero"]), sent(base["zero"], reasons["old"]))
    assert page.status_code == 422
    assert "no longer used" in page.content.decode()
    assert not LossAnswer.objects.exists()


@pytest.mark.parametrize(
    ("role", "status"),
    [("csm", 302), ("csh", 302), ("hos", 302), ("branch_head", 302), ("bdm_recovery", 404), ("operator", 404),
     ("marketer", 403), ("director", 403), ("deputy_it", 403)],
)  # fmt: skip
def test_who_works_the_client_and_the_heads_answer(
    base: dict[str, Client], reasons: dict[str, LossReason], browser_of: BrowserOf, role: str, status: int
) -> None:
    assert browser_of(role).post(url(base["zero"]), sent(base["zero"], reasons["price"])).status_code == status
    assert LossAnswer.objects.count() == (1 if status == 302 else 0)


def test_everybody_who_sees_the_client_reads_the_reason(
    base: dict[str, Client], reasons: dict[str, LossReason], browser_of: BrowserOf
) -> None:
    browser_of("csm").post(url(base["zero"]), sent(base["zero"], reasons["price"]))
    reader = browser_of("marketer").get(BOARD).content.decode()
    assert "Price</span>" in reader
    assert url(base["zero"]) not in reader
    assert url(base["zero"]) in browser_of("csm").get(BOARD).content.decode()


def test_the_board_is_narrowed_by_reason(
    base: dict[str, Client], reasons: dict[str, LossReason], browser_of: BrowserOf
) -> None:
    browser = browser_of("csm")
    browser.post(url(base["zero"]), sent(base["zero"], reasons["price"]))

    def names(reason: str) -> set[str]:
        lanes = browser.get(BOARD, {"reason": reason}).context["lanes"]
        return {card["name"] for lane, _title, _note in lanes for card in lane.cards}

    assert names("price") == {"zero"}
    assert names("none") == {"lost", "once zero"}
    assert names("season") == set()
    assert browser.get(BOARD, {"reason": "\x00'"}).status_code == 200


def test_the_filter_works_in_groups_and_its_totals_follow_a_new_answer(
    base: dict[str, Client], reasons: dict[str, LossReason], browser_of: BrowserOf
) -> None:
    browser = browser_of("hos")
    none = f"{LIST}?loss_reason=none"
    assert listed(browser, none) == {"zero", "lost", "once zero", "once active"}

    def count(query: str) -> int:
        return int(browser.get(f"{LIST}totals/?{query}").context["totals"]["clients"])

    assert count("loss_reason=none") == 4
    browser.post(url(base["zero"]), sent(base["zero"], reasons["price"]))
    assert count("loss_reason=none") == 3
    either = f"{LIST}?g1=any&g1.loss_reason=price&g1.state=lost"
    assert listed(browser, either) == {"zero", "lost"}
    assert listed(browser, f"{LIST}?loss_reason=price&loss_reason=none&silence=once") == {"once zero", "once active"}


def numbers(report: Any) -> dict[str, list[int]]:
    """Return the numbers of clients by reason, the sum of the row last."""
    return {name: [figure.clients for figure in [*figures, total]] for name, figures, total in report.rows}


def test_the_report_adds_up_and_every_number_opens_its_clients(
    base: dict[str, Client], reasons: dict[str, LossReason], browser_of: BrowserOf
) -> None:
    browser = browser_of("hos")
    browser.post(url(base["zero"]), sent(base["zero"], reasons["price"]))
    browser.post(url(base["lost"]), sent(base["lost"], reasons["season"]))
    report = browser.get(REPORT).context["report"]
    assert [column.name for column in report.columns] == ["Print", "Shops", "no type"]
    assert numbers(report) == {"no reason yet": [0, 1, 1, 2], "Price": [1, 0, 0, 1], "Season": [1, 0, 0, 1]}
    assert [figure.clients for figure in report.sums] == [2, 1, 1]
    assert (report.total.clients, report.total.money) == (4, Decimal(100 + 101 + 102 + 103))
    for _name, figures, total in report.rows:
        assert sum(figure.money for figure in figures) == total.money
    everything = [one for _name, figures, total in report.rows for one in [*figures, total]]
    for figure in [*everything, *report.sums, report.total]:
        assert len(listed(browser, figure.url)) == figure.clients


@pytest.mark.parametrize(("kind", "found"), [("zero", 2), ("lost", 1), ("once", 2), ("nonsense", 4)])
def test_the_report_is_of_one_kind_or_all(
    base: dict[str, Client], browser_of: BrowserOf, kind: str, found: int
) -> None:
    browser = browser_of("hos")
    report = browser.get(REPORT, {"kind": kind}).context["report"]
    assert (report.total.clients, len(listed(browser, report.total.url))) == (found, found)


def test_a_sphere_opens_its_types(base: dict[str, Client], browser_of: BrowserOf) -> None:
    browser = browser_of("hos")
    sphere = Sphere.objects.get(code="p")
    page = browser.get(REPORT, {"sphere": str(sphere.pk), "unit": "money"})
    report = page.context["report"]
    assert [column.name for column in report.columns] == ["Agency", "Own printing"]
    assert numbers(report)["no reason yet"] == [1, 1, 2]
    assert listed(browser, report.total.url) == {"zero", "lost"}
    assert browser.get(REPORT, {"sphere": 10**8}).status_code == 404


def test_the_report_is_of_the_clients_one_sees(
    base: dict[str, Client], people: dict[str, Employee], browser_of: BrowserOf
) -> None:
    assert browser_of("bdm_recovery").get(REPORT).context["report"].total.clients == 0
    head = people["branch_head"]
    head.branch = make.branch("msk")
    head.save()
    assert browser_of("branch_head").get(REPORT).context["report"].total.clients == 0


def test_the_report_asks_no_more_for_more_clients(
    base: dict[str, Client],
    reasons: dict[str, LossReason],
    people: dict[str, Employee],
    browser_of: BrowserOf,
    django_assert_max_num_queries: Any,
) -> None:
    browser = browser_of("hos")
    browser.get(REPORT)
    counts = []
    for first, last in ((0, 3), (3, 30)):
        for n in range(first, last):
            client = make.client(f"c{n}", people["csm"], segment=base["lost"].segment)
            silent(client, days=n + 40)
            browser.post(url(client), sent(client, reasons["price"]))
        with django_assert_max_num_queries(15) as captured:
            browser.get(REPORT)
        counts.append(len(captured))
    assert counts[0] == counts[1]

"""The screens of claims: from the client's card to the confirmation, the list, its tabs and figures."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clients.models import Client
from deals import home
from deals.claims import actions, figures
from deals.claims.models import Claim
from deals.dealing.models import Deal
from staff.models import Employee
from tests import make
from tests.claims.scene import cause, fresh, kind, made
from tests.conftest import TODAY

pytestmark = pytest.mark.django_db
Browsers = Callable[[str], Browser]
People = dict[str, Employee]


def url(name: str, *args: int) -> str:
    return reverse(f"deals:{name}", args=args)


@pytest.fixture
def client(people: People, today: date) -> Client:
    make.pipeline("claim", opens_next=False)
    return make.client("Принт-Хаус", people["csm"])


def test_a_claim_goes_its_way_through_the_screens(browser_of: Browsers, client: Client, people: People) -> None:
    csm = browser_of("csm")
    new = url("claim-new", client.pk)
    assert new in csm.get(url("client-claims", client.pk)).content.decode()
    told = {"kind": kind().pk, "happened": "Брак <b>", "wish": "refund", "submission": uuid.uuid4()}
    assert csm.post(new, told | {"happened": ""}).status_code == 422
    assert csm.post(new, told).status_code == csm.post(new, told).status_code == 302
    claim = Claim.objects.get()

    def post(name: str, **data: object) -> int:
        claim.refresh_from_db()
        return csm.post(url(name, claim.pk), {"seen": claim.version} | data).status_code

    page = csm.get(url("deal", claim.deal_id)).content.decode()
    assert "Брак &lt;b&gt;" in page
    assert url("claim-confirm", claim.pk) not in page
    assert post("claim-answer") == 302
    assert post("claim-decide") == 422
    assert post("claim-decide", cause=cause().pk, decision="Возврат", cost="10.50") == 302
    assert url("claim-confirm", claim.pk) in csm.get(url("deal", claim.deal_id)).content.decode()
    assert post("claim-confirm") == 302
    claim.refresh_from_db()
    assert (claim.confirmed_on is not None, claim.cost) == (True, Decimal("10.50"))


def test_a_deal_of_the_pipeline_is_registered_on_its_page(browser_of: Browsers, client: Client, people: People) -> None:
    csm = browser_of("csm")
    deal = make.deal(client, people["csm"], TODAY, pipeline=make.pipeline("claim"))
    address = f"{url('claim-new', client.pk)}?deal={deal.pk}"
    assert address in csm.get(url("deal", deal.pk)).content.decode()
    told = {"kind": kind().pk, "happened": "Недостача", "wish": "answer", "submission": uuid.uuid4()}
    assert csm.post(address, told).status_code == 302
    assert Claim.objects.get().deal == deal


def test_tabs_search_and_figures_open_their_claims(browser_of: Browsers, client: Client, people: People) -> None:
    csm = people["csm"]
    first, second = made(client, csm), made(client, csm, happened="Недостача")
    actions.decide(cause=cause(), decision="Замена", cost=Decimal(300), acting_user=csm, **fresh(second))

    def shown(query: str, role: str = "csm") -> set[Claim]:
        return {row.claim for row in browser_of(role).get(url("claim-list") + query).context["claims"]}

    for query, found in {
        "": {first, second},
        "?tab=mine": {first, second},
        "?tab=confirm": {second},
        "?find=недост": {second},
        "?find=ПРИНТ": {first, second},
        "?by=cause&of=none": {first},
        "?by=month&of=2026-13": set(),
        "?by=month&of=x": set(),
        "?by=client&of=99999999999999999999": set(),
    }.items():
        assert (query, shown(query)) == (query, found)
    assert shown("", "bdm_key") == set()
    for by in figures.OF:
        lines = browser_of("csm").get(url("claim-figures"), {"by": by}).context["lines"]
        assert sum(line.claims for line, _url in lines) == 2
        for line, address in lines:
            assert len(shown("?" + address.partition("?")[2])) == line.claims
    lines = browser_of("csm").get(url("claim-figures")).context["lines"]
    assert {(line.value, line.cost, line.in_time) for line, _url in lines} == {
        ("none", Decimal(0), None),
        (str(cause().pk), Decimal(300), Decimal(1)),
    }


def test_lists_ask_the_same_of_more_rows(browser_of: Browsers, client: Client, people: People) -> None:
    browser = browser_of("csm")

    def asked(address: str) -> int:
        browser.get(address)
        with CaptureQueriesContext(connection) as queries:
            browser.get(address)
        return len(queries)

    pages = [
        url("claim-list"),
        url("client-claims", client.pk),
        *(f"{url('claim-figures')}?by={by}" for by in figures.OF),
    ]
    for _n in range(3):
        made(client, people["csm"])
    few = [asked(page) for page in pages]
    for _n in range(27):
        made(client, people["csm"])
    assert [asked(page) for page in pages] == few


def test_a_claim_begins_with_its_client(browser_of: Browsers, client: Client) -> None:
    csm, choose = browser_of("csm"), url("claim-choose")
    assert csm.get(choose).status_code == 200
    assert csm.post(choose, {"client": ""}).status_code == 422
    assert csm.post(choose, {"client": client.pk}).headers["Location"] == url("claim-new", client.pk)
    assert browser_of("bdm_key").post(choose, {"client": client.pk}).status_code == 422
    assert browser_of("director").get(choose).status_code == 403
    assert choose in csm.get(reverse("home")).content.decode()


@pytest.mark.parametrize(
    ("days", "clocks", "note"),
    [(0, [4, 14], "note-warn"), (4, [0, 10], "note-warn"), (5, [-1, 9], "note-bad"), (15, [-11, -1], "note-bad")],
)
def test_the_clocks_run_and_the_card_warns(
    browser_of: Browsers, client: Client, people: People, today: date, days: int, clocks: list[int], note: str
) -> None:
    claim = made(client, people["csm"])
    Deal.objects.filter(pk=claim.deal_id).update(opened_on=today - timedelta(days=days))
    dues = {"answer_due_on": today + timedelta(days=clocks[0]), "decision_due_on": today + timedelta(days=clocks[1])}
    Claim.objects.filter(pk=claim.pk).update(**dues)
    csm = browser_of("csm")
    (row,) = csm.get(url("claim-list")).context["claims"]
    assert [left for _label, left in row.clocks] == clocks
    panel = csm.get(url("client-claims", client.pk)).content.decode()
    assert (note in panel, 'id="claim-warning"' in panel) == (True, True)
    (block,) = [one for one in home.blocks(people["csm"], today) if one.id == "claims"]
    assert [(one.left, one.url) for one in block.rows] == [(min(clocks), url("deal", claim.deal_id))]
    assert "claims" not in [one.id for one in home.blocks(people["bdm_key"], today)]


def test_a_claim_is_found_and_stands_on_the_timeline_with_its_changes(
    browser_of: Browsers, client: Client, people: People
) -> None:
    claim = made(client, people["csm"], happened="Размазана печать")
    actions.decide(cause=cause(), decision="Перепечатаем", cost=Decimal(9), acting_user=people["csm"], **fresh(claim))
    csm = browser_of("csm")
    page = csm.get(reverse("client-timeline", args=[client.pk])).content.decode()
    assert ("Размазана печать" in page, "Перепечатаем" in page) == (True, True)
    assert "Размазана печать" in csm.get(reverse("search"), {"q": "размазана"}).content.decode()
    changes = csm.get(url("deal", claim.deal_id)).context["claim"]["changes"]
    assert tuple(next(one.after for one in changes if one.after == said) for said in ("Перепечатаем", "Склад")) == (
        "Перепечатаем",
        "Склад",
    )

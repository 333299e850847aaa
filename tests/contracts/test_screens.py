"""The screens of contracts: from the client's card over approval and signing to the end, the list and its tabs."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import date

import pytest
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clients.models import Client
from deals.contracts import actions
from deals.contracts.models import Contract
from staff.models import Employee
from tests import make
from tests.conftest import TODAY
from tests.contracts.scene import brought, fresh, made, paper

pytestmark = pytest.mark.django_db
Browsers = Callable[[str], Browser]
People = dict[str, Employee]


def url(name: str, *args: int) -> str:
    return reverse(f"deals:{name}", args=args)


@pytest.fixture
def client(people: People, today: date) -> Client:
    return make.client("Принт-Хаус", people["csm"])


def test_a_contract_goes_its_way_through_the_screens(browser_of: Browsers, client: Client, people: People) -> None:
    csm, deputy, hos = browser_of("csm"), browser_of("deputy_director"), browser_of("hos")
    deal = make.deal(client, people["csm"], TODAY)
    new = url("contract-new", client.pk)
    assert new in csm.get(url("client-contracts", client.pk)).content.decode()
    assert f"{new}?deal={deal.pk}" in csm.get(url("deal", deal.pk)).content.decode()

    entity = client.legal_entities.order_by("pk")[0]
    told = {"kind": "supply", "subject": "Поставка <b>", "legal_entity": entity.pk, "submission": uuid.uuid4()}
    assert csm.post(new, told | {"ends_on": TODAY}).status_code == 422
    assert csm.post(new, told | {"deal": deal.pk}).status_code == 302
    assert csm.post(new, told).status_code == 302
    contract = Contract.objects.get()
    assert (contract.responsible, contract.deal) == (people["csm"], deal)

    def post(browser: Browser, name: str, **data: object) -> int:
        contract.refresh_from_db()
        return browser.post(url(name, contract.pk), {"seen": contract.version} | data).status_code

    assert post(csm, "contract-file") == 422
    assert post(csm, "contract-file", upload=paper("virus.exe")) == 422
    assert post(csm, "contract-file", upload=paper()) == 302
    assert post(csm, "contract-send") == 302
    page = deputy.get(url("contract", contract.pk)).content.decode()
    assert "Поставка &lt;b&gt;" in page
    assert url("contract-approve", contract.pk) in page
    assert url("contract-approve", contract.pk) not in csm.get(url("contract", contract.pk)).content.decode()
    assert post(deputy, "contract-return", why="") == 422
    assert post(deputy, "contract-return", why="Нет реквизитов") == 302
    assert "Нет реквизитов" in csm.get(url("contract", contract.pk)).content.decode()
    assert post(csm, "contract-send") == 302
    assert post(deputy, "contract-approve") == 302
    assert post(hos, "contract-approve") == 302
    assert post(csm, "contract-sign", day=TODAY, upload=paper("signed.pdf")) == 302
    file = csm.get(url("contract-version", contract.pk, 2))
    assert (file.status_code, file["Content-Disposition"]) == (200, 'attachment; filename="signed.pdf"')
    assert post(csm, "contract-terminate", why="Закрылись") == 302
    contract.refresh_from_db()
    assert contract.state == "terminated"


def test_tabs_and_search_of_the_list(browser_of: Browsers, client: Client, people: People) -> None:
    csm = people["csm"]
    draft = made(client, csm, number="A-1")
    legal = brought(made(client, csm, number="A-2"), "legal", people)
    to_sign = brought(made(client, csm, number="A-3"), "to_sign", people)
    term = {"starts_on": TODAY, "ends_on": TODAY.replace(month=8)}
    ending = brought(made(client, csm, number="B-4", **term), "active", people)

    def shown(role: str, query: str) -> set[Contract]:
        return set(browser_of(role).get(url("contract-list") + query).context["contracts"])

    assert shown("csm", "") == {draft, legal, to_sign, ending}
    assert shown("csm", "?tab=mine") == {draft, to_sign}
    assert shown("deputy_director", "?tab=mine") == {legal}
    assert shown("csm", "?tab=to_sign") == {to_sign}
    assert shown("csm", "?tab=active") == shown("csm", "?tab=ending") == {ending}
    assert shown("csm", "?find=b-4") == {ending}
    assert shown("csm", "?find=ПРИНТ") == {draft, legal, to_sign, ending}
    assert shown("bdm_key", "") == set()


def test_the_list_and_the_page_ask_the_same_of_more_rows(browser_of: Browsers, client: Client, people: People) -> None:
    browser = browser_of("csm")

    def asked(address: str) -> int:
        browser.get(address)
        with CaptureQueriesContext(connection) as queries:
            browser.get(address)
        return len(queries)

    first = made(client, people["csm"])
    pages = [url("contract-list"), url("client-contracts", client.pk), url("contract", first.pk)]
    for _n in range(2):
        made(client, people["csm"])
        actions.add_file(upload=paper(), acting_user=people["csm"], **fresh(first))
    few = [asked(page) for page in pages]
    for _n in range(27):
        made(client, people["csm"])
        actions.add_file(upload=paper(), acting_user=people["csm"], **fresh(first))
    assert [asked(page) for page in pages] == few

"""The screens of offers: from the deal to the printed page, and templates from the text to the approval."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.test import Client as Browser
from django.urls import reverse

from deals.dealing.models import Deal
from deals.offers.models import Offer, OfferTemplate
from deals.pipelines.models import Stage
from staff.models import Employee
from tests import make
from tests.conftest import TODAY
from tests.offers.scene import approved, drafted, goods, sent

pytestmark = pytest.mark.django_db


def url(name: str, *args: int) -> str:
    return reverse(f"deals:{name}", args=args)


@pytest.fixture
def deal(people: dict[str, Employee], today: date) -> Deal:
    client = make.client("Принт-Хаус", people["csm"], standing={"life_cycle": "active"})
    return goods(make.deal(client, people["csm"], TODAY), people["csm"], ("Поло <b>", 3, 100))


def test_an_offer_goes_from_the_deal_to_the_reaction(
    browser_of: Callable[[str], Browser], deal: Deal, people: dict[str, Employee]
) -> None:
    csm, template = browser_of("csm"), approved(people["hos"])
    assert url("offer-new", deal.pk) in csm.get(url("deal", deal.pk)).content.decode()

    told = {"template": template.pk, "valid_until": TODAY + timedelta(3), "submission": uuid.uuid4()}
    assert csm.post(url("offer-new", deal.pk), told).status_code == 302
    offer = Offer.objects.get()
    page = csm.get(url("offer", offer.pk)).content.decode()
    assert "Поло &lt;b&gt;" in page

    assert csm.post(url("offer-send", offer.pk), {"way": "email", "remind_in": 2, "seen": 1}).status_code == 422
    assert csm.post(url("offer-send", offer.pk), {"way": "other", "remind_in": 2, "seen": 1}).status_code == 302
    assert csm.get(url("offer-print", offer.pk)).status_code == 200
    told_no = {"answer": "no", "day": TODAY, "comment": "Дорого", "seen": 2}
    assert csm.post(url("offer-answer", offer.pk), told_no).status_code == 422
    assert csm.post(url("offer-answer", offer.pk), told_no | {"answer": "yes"}).status_code == 302
    offer.refresh_from_db()
    assert offer.state == "accepted"


def test_an_early_stage_offers_none(browser_of: Callable[[str], Browser], deal: Deal) -> None:
    Stage.objects.filter(pk=deal.stage_id).update(forbids_offer=True)
    assert url("offer-new", deal.pk) not in browser_of("csm").get(url("deal", deal.pk)).content.decode()


def test_a_new_version_is_made_and_a_draft_deleted(
    browser_of: Callable[[str], Browser], deal: Deal, people: dict[str, Employee]
) -> None:
    csm = browser_of("csm")
    old = sent(drafted(deal, approved(people["hos"]), people["csm"]), people["csm"])
    told = {"valid_until": TODAY, "submission": uuid.uuid4()}
    assert csm.post(url("offer-renew", old.pk), told).status_code == 302
    new = Offer.objects.get(replaces=old)
    assert csm.post(url("offer-discard", new.pk), {"seen": new.version}).status_code == 302
    assert Offer.objects.get() == old


def test_a_template_is_written_by_the_marketer_and_approved_by_a_head(
    browser_of: Callable[[str], Browser], deal: Deal
) -> None:
    marketer, hos = browser_of("marketer"), browser_of("hos")
    told = {"name": "Рекламные агентства", "language": "ru", "greeting": "Здравствуйте!\r\nЭто мы.", "is_active": "on"}
    wrong = marketer.post(url("offer-template-new"), told | {"terms": "{skidka}"})
    assert wrong.status_code == 422
    assert "skidka" in wrong.content.decode()
    assert marketer.post(url("offer-template-new"), told).status_code == 302
    version = OfferTemplate.objects.get().versions.get()
    page = hos.get(url("offer-template", version.pk))
    assert "Здравствуйте!<br>Это мы." in page.content.decode()

    read = {"greeting": version.greeting}
    assert marketer.post(url("offer-template-approve", version.pk), read).status_code == 403
    assert hos.post(url("offer-template-approve", version.pk), read | {"greeting": "другое"}).status_code == 302
    version.refresh_from_db()
    assert version.approved_at is None
    hos.post(url("offer-template-approve", version.pk), read)
    version.refresh_from_db()
    assert version.approved_at is not None
    assert hos.get(url("offer-templates")).status_code == 200

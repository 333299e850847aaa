"""Kinds and causes of claims: terms dated and with reason, what is offered, who may change them (R192, R376)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from deals.claims import setting
from deals.claims.forms import ClaimForm
from deals.claims.models import ClaimCause, ClaimKind, ClaimTerms
from staff.models import Employee
from tests import make
from tests.claims.scene import NOW, cause, kind, made
from tests.conftest import TODAY

pytestmark = pytest.mark.django_db
Browsers = Callable[[str], Browser]
People = dict[str, Employee]
PAGE = "deals:claim-dictionaries"


def set_terms(person: Employee, **said: Any) -> ClaimTerms:
    given: dict[str, Any] = {
        "answer_days": 1,
        "decision_days": 3,
        "effective_from": TODAY,
        "comment": "так решили",
    } | said
    return setting.set_terms(kind=kind(), acting_user=person, today=TODAY, now=NOW, **given)


def test_a_claim_gets_the_terms_of_its_day(people: People, today: date) -> None:
    client = make.client("Принт-Хаус", people["csm"])
    before = made(client, people["csm"])
    assert (before.answer_due_on, before.decision_due_on) == (date(2026, 7, 20), date(2026, 7, 30))
    set_terms(people["hos"])
    set_terms(people["hos"], answer_days=9, decision_days=9, effective_from=TODAY + timedelta(days=1))
    after = made(client, people["csm"])
    assert (after.answer_due_on, after.decision_due_on) == (date(2026, 7, 17), date(2026, 7, 21))
    before.refresh_from_db()
    assert before.answer_due_on == date(2026, 7, 20)
    assert kind().terms_on(TODAY + timedelta(days=1)) == (9, 9)
    set_terms(people["hos"], answer_days=2)
    assert kind().terms_on(TODAY) == (2, 3)


@pytest.mark.parametrize(
    "said",
    [{"effective_from": TODAY - timedelta(days=1)}, {"answer_days": 4}],
    ids=["a day that is over", "answer last"],
)
def test_terms_that_make_no_sense_are_refused(people: People, said: dict[str, Any]) -> None:
    with pytest.raises(setting.Refused):
        set_terms(people["hos"], **said)
    assert not ClaimTerms.objects.exists()


def test_the_head_sets_up_kinds_and_causes_on_the_page(browser_of: Browsers, people: People, today: date) -> None:
    hos, client = browser_of("hos"), make.client("Принт-Хаус", people["csm"])
    kind(), cause()
    new = {"name": "Срыв", "name_en": "Delay", "order": 5, "is_active": "on", "answer_days": 1, "decision_days": 4}
    assert hos.post(reverse("deals:claim-kind-new"), new | {"decision_days": 0}).status_code == 422
    assert hos.post(reverse("deals:claim-kind-new"), new | {"name": "Брак"}).status_code == 422
    assert hos.post(reverse("deals:claim-kind-new"), new).status_code == 302
    made_kind = ClaimKind.objects.get(name="Срыв")
    assert made_kind.terms_on(TODAY) == (1, 4)
    terms = {"answer_days": 2, "decision_days": 6, "effective_from": TODAY + timedelta(days=3), "comment": "поставщик"}
    assert hos.post(reverse("deals:claim-terms", args=[made_kind.pk]), terms | {"comment": ""}).status_code == 422
    assert hos.post(reverse("deals:claim-terms", args=[made_kind.pk]), terms).status_code == 302
    assert (
        hos.post(reverse("deals:claim-cause-new"), {"name": "Погода", "order": 1, "is_active": "on"}).status_code == 302
    )
    page = hos.get(reverse(PAGE))
    row = next(row for row in page.context["kinds"] if row.kind == made_kind)
    assert ((row.answer_days, row.decision_days), [one.decision_days for one in row.coming]) == ((1, 4), [6])
    assert "поставщик" in page.content.decode()
    off = {"name": "Срыв", "order": 5}
    assert hos.post(reverse("deals:claim-kind", args=[made_kind.pk]), off).status_code == 302
    assert made_kind not in ClaimForm(client=client).fields["kind"].queryset  # type: ignore[attr-defined]


def test_one_kind_and_one_cause_at_least_are_offered(browser_of: Browsers, people: People) -> None:
    hos, one, why = browser_of("hos"), kind(), cause()
    ClaimKind.objects.exclude(pk=one.pk).update(is_active=False)
    ClaimCause.objects.exclude(pk=why.pk).update(is_active=False)
    for name, row in (("claim-kind", one), ("claim-cause", why)):
        assert hos.post(reverse(f"deals:{name}", args=[row.pk]), {"name": "Другое", "order": 1}).status_code == 422
        row.refresh_from_db()
        assert row.is_active


def test_the_page_asks_the_same_of_more_kinds(browser_of: Browsers, people: People, today: date) -> None:
    hos, client = browser_of("hos"), make.client("Принт-Хаус", people["csm"])
    counts = []
    for upto in (3, 30):
        for n in range(ClaimKind.objects.count(), upto):
            one = ClaimKind.objects.create(code=f"k{n}", name=f"k{n}")
            ClaimTerms.objects.create(
                kind=one, answer_days=1, decision_days=2, effective_from=TODAY, comment="x", author=people["hos"],
                created_at=NOW,
            )  # fmt: skip
            made(client, people["csm"], kind=one)
        hos.get(reverse(PAGE))
        with CaptureQueriesContext(connection) as queries:
            hos.get(reverse(PAGE))
        counts.append(len(queries))
    assert counts[0] == counts[1]

"""The public form: who may frame it, what a stranger can do, and what a program cannot."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core import signing
from django.core.cache import cache
from django.test import Client as Browser
from django.urls import reverse

from deals.leads import public
from deals.leads.models import Enquiry, Lead, LeadForm
from salescrm.base import clock
from staff.access import Role
from staff.models import Employee
from tests import make

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 7, 16, 12, 0, tzinfo=ZoneInfo("Europe/Moscow"))


@pytest.fixture
def form(people: dict[str, Employee], today: date, monkeypatch: pytest.MonkeyPatch) -> LeadForm:
    cache.clear()
    monkeypatch.setattr(clock, "now", lambda: NOW)
    monkeypatch.setattr(public, "LEAST_SECONDS", -1)
    return make.lead_form(people[Role.HOS])


def url(form: LeadForm) -> str:
    return reverse("leads:public-form", args=[form.slug])


def sent(form: LeadForm, **fields: Any) -> dict[str, Any]:
    return {"person": "Анна", "phone": "8 921 000-00-01", "agrees": "on", "token": public.token(form)} | fields


def stranger() -> Browser:
    return Browser(enforce_csrf_checks=True, headers={"accept-language": "en"})


def test_only_the_sites_of_the_form_may_frame_it(form: LeadForm) -> None:
    answer = stranger().get(url(form))
    policy = answer["Content-Security-Policy"]
    assert "frame-ancestors 'self' https://shop.example;" in f"{policy};"
    assert "default-src 'self'" in policy
    assert not answer.has_header("X-Frame-Options")
    assert answer.cookies.keys() == set()
    assert "no-store" in answer["Cache-Control"]


def test_without_sites_nobody_may_frame_it_and_all_else_is_never_framed(form: LeadForm) -> None:
    LeadForm.objects.update(sites="")
    assert "frame-ancestors 'none'" in stranger().get(url(form))["Content-Security-Policy"]
    login = stranger().get(reverse("account_login"))
    assert login["X-Frame-Options"] == "DENY"
    assert "frame-ancestors 'none'" in login["Content-Security-Policy"]


def test_a_stranger_leaves_an_enquiry_once_without_a_cookie(form: LeadForm) -> None:
    data = sent(form, text="Нужны полотенца", company="Текстиль Дом")
    for _time in range(2):
        answer = stranger().post(url(form), data)
    assert answer["Location"] == f"{url(form)}?sent=1"
    assert "Спасибо!" in stranger().get(answer["Location"]).content.decode()
    lead, enquiry = Lead.objects.get(), Enquiry.objects.get()
    assert (lead.company, lead.phone_key, lead.channel, lead.branch) == (
        "Текстиль Дом", "+79210000001", "form", form.branch,
    )  # fmt: skip
    assert (enquiry.text, enquiry.consent, enquiry.consent_at, enquiry.form) == (
        "Нужны полотенца", form.consent, NOW, form,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"agrees": ""}, "agrees"),
        ({"person": " "}, "person"),
        ({"phone": ""}, "phone"),
        ({"phone": "12"}, "phone"),
        ({"email": "x"}, "email"),
        ({"token": "x"}, "__all__"),
    ],
)
def test_bad_input_keeps_nothing(form: LeadForm, fields: dict[str, Any], field: str) -> None:
    answer = stranger().post(url(form), sent(form, **fields))
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, [field])
    assert "frame-ancestors 'self' https://shop.example" in answer["Content-Security-Policy"]
    assert not Enquiry.objects.exists()


def test_a_filled_trap_is_thanked_and_kept_nowhere(form: LeadForm) -> None:
    assert stranger().post(url(form), sent(form, website="http://spam")).status_code == 302
    assert not Enquiry.objects.exists()


def test_what_comes_too_quickly_is_sent_back(form: LeadForm, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(public, "LEAST_SECONDS", 3)
    assert stranger().post(url(form), sent(form)).status_code == 422
    assert not Enquiry.objects.exists()


def test_a_token_of_another_form_or_an_old_one_gets_a_fresh_one(
    form: LeadForm, people: dict[str, Employee], monkeypatch: pytest.MonkeyPatch
) -> None:
    other = make.lead_form(people[Role.HOS], slug="other")
    answer = stranger().post(url(form), sent(form, token=public.token(other)))
    fresh = answer.context["form"].data["token"]
    assert answer.status_code == 422
    assert signing.TimestampSigner(salt=public.SALT).unsign(fresh).startswith(f"{form.pk}.")
    assert stranger().post(url(form), sent(form, token=fresh)).status_code == 302
    monkeypatch.setattr(public, "MOST_SECONDS", -1)
    assert stranger().post(url(form), sent(form)).status_code == 422


def test_an_address_sends_a_few_forms_only(form: LeadForm) -> None:
    codes = [stranger().post(url(form), sent(form)).status_code for _n in range(public.MOST_SENT + 1)]
    assert codes == [302] * public.MOST_SENT + [429]
    assert stranger().post(url(form), sent(form), REMOTE_ADDR="10.0.0.9").status_code == 302
    assert Enquiry.objects.count() == public.MOST_SENT + 1


@pytest.mark.parametrize(("language", "word"), [("ru", "Отправить"), ("en", "Send"), ("ru-RU,en;q=0.5", "Отправить")])
def test_it_speaks_the_browsers_language(form: LeadForm, language: str, word: str) -> None:
    assert word in Browser(headers={"accept-language": language}).get(url(form)).content.decode()


def test_a_closed_form_is_not_there(form: LeadForm) -> None:
    LeadForm.objects.update(is_active=False)
    assert stranger().get(url(form)).status_code == 404
    assert stranger().post(url(form), sent(form)).status_code == 404
    assert not Enquiry.objects.exists()

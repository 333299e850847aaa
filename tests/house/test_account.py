"""A person's own account through its pages: password, two steps, recovery codes, sessions."""

from __future__ import annotations

import re
from time import time

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.core.cache import cache
from django.test import Client as Browser
from django.urls import reverse

from staff.access import Role
from staff.models import Employee
from tests import make


@pytest.fixture(autouse=True)
def _no_rate_limits_from_before() -> None:
    cache.clear()


def signed_in(person: Employee, password: str = make.PASSWORD) -> Browser:
    """Sign in through the page, as a person does."""
    browser = Browser(headers={"accept-language": "en", "user-agent": "Mozilla/5.0 (X11; Linux) Firefox/140.0"})
    answer = browser.post(reverse("account_login"), {"login": person.username, "password": password})
    assert answer.status_code == 302, answer.content.decode()
    return browser


def code_of(secret: str) -> str:
    """Compute what an authenticator app shows for the secret now."""
    return str(format_hotp_value(hotp_value(secret, int(time()) // 30)))


def test_a_wrong_password_keeps_the_log_in_and_says_what_to_check(people: dict[str, Employee]) -> None:
    browser = Browser(headers={"accept-language": "en"})
    answer = browser.post(reverse("account_login"), {"login": Role.CSM, "password": "wrong"})
    shown = answer.content.decode()
    assert answer.status_code == 200
    assert 'value="csm"' in shown
    assert "Check the keyboard layout" in shown


def test_a_password_is_changed(people: dict[str, Employee]) -> None:
    browser = signed_in(people[Role.CSM])
    new = "another-9-Password"
    fields = {"oldpassword": make.PASSWORD, "password1": new, "password2": new}
    assert browser.post(reverse("account_change_password"), fields).status_code == 302
    assert browser.get(reverse("frame:counts")).status_code == 200
    signed_in(people[Role.CSM], new)


def test_two_steps_are_switched_on_used_and_switched_off(people: dict[str, Employee]) -> None:
    person = people[Role.CSM]
    browser = signed_in(person)
    assert "Confirm that it is you" in browser.get(reverse("mfa_activate_totp"), follow=True).content.decode()
    browser.post(reverse("account_reauthenticate"), {"password": make.PASSWORD})
    shown = browser.get(reverse("mfa_activate_totp")).content.decode()
    found = re.search(r"<code>(\w+)</code>", shown)
    assert found, shown
    assert browser.post(reverse("mfa_activate_totp"), {"code": code_of(found[1])}).status_code == 302
    codes = re.findall(r"<li>(\w+)</li>", browser.get(reverse("mfa_view_recovery_codes")).content.decode())
    assert len(codes) == 10
    assert "10 codes are left" in browser.get(reverse("mfa_index")).content.decode()

    second = signed_in(person)
    assert second.get(reverse("home")).status_code == 302, "the password alone opens nothing"
    assert "recovery codes" in second.get(reverse("mfa_authenticate")).content.decode()
    assert second.post(reverse("mfa_authenticate"), {"code": "000000"}).status_code == 200
    assert second.post(reverse("mfa_authenticate"), {"code": codes[0]}).status_code == 302
    assert second.get(reverse("frame:counts")).status_code == 200

    assert "Codes made before" in browser.get(reverse("mfa_generate_recovery_codes")).content.decode()
    assert browser.post(reverse("mfa_generate_recovery_codes")).status_code == 302
    assert "open your account" in browser.get(reverse("mfa_deactivate_totp")).content.decode()
    assert browser.post(reverse("mfa_deactivate_totp")).status_code == 302
    assert signed_in(person).get(reverse("frame:counts")).status_code == 200


def test_a_person_signs_out_everywhere_else(people: dict[str, Employee]) -> None:
    here, there = signed_in(people[Role.CSM]), signed_in(people[Role.CSM])
    assert there.get(reverse("frame:counts")).status_code == 200
    shown = here.get(reverse("usersessions_list")).content.decode()
    assert shown.count("Firefox, Linux") >= 2
    assert here.post(reverse("usersessions_list")).status_code == 302
    assert there.get(reverse("frame:counts")).status_code == 302
    assert here.get(reverse("frame:counts")).status_code == 200


def test_guessing_is_slowed_down(people: dict[str, Employee]) -> None:
    browser = Browser(headers={"accept-language": "en"})
    wrong = {"login": Role.CSM, "password": "wrong"}
    for _attempt in range(12):
        browser.post(reverse("account_login"), wrong)
    right = {"login": Role.CSM, "password": make.PASSWORD}
    assert browser.post(reverse("account_login"), right).status_code in (200, 429)
    assert browser.get(reverse("frame:counts")).status_code == 302


@pytest.mark.django_db
@pytest.mark.parametrize(
    "name", ["account_login", "account_reset_password", "account_reset_password_done", "account_inactive"]
)
def test_a_page_before_the_log_in_opens(name: str) -> None:
    assert Browser().get(reverse(name)).status_code == 200


def test_a_link_for_a_new_password_works_once(people: dict[str, Employee], mailoutbox: list[object]) -> None:
    browser = Browser(headers={"accept-language": "en"})
    browser.post(reverse("account_reset_password"), {"email": people[Role.CSM].email})
    body = str(mailoutbox[0].body)  # type: ignore[attr-defined]  # a letter
    found = re.search(r"(/accounts/password/reset/key/\S+)", body)
    assert found, body
    form = browser.get(found[1], follow=True)
    new = {"password1": "another-9-Password", "password2": "another-9-Password"}
    assert browser.post(form.redirect_chain[-1][0], new).status_code == 302
    signed_in(people[Role.CSM], new["password1"])
    assert "no longer works" in Browser(headers={"accept-language": "en"}).get(found[1], follow=True).content.decode()

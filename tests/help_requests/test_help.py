"""Requests for help: who is told, who takes them, what stands on the timeline, who sees them; their screens."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clients.models import Client, Communication
from deals import leaving
from deals.help_requests import actions
from deals.help_requests.actions import Refused
from deals.help_requests.models import HelpRequest
from salescrm.base.models import Notification
from staff.leaving import Leaving
from staff.models import Employee
from tests import make
from tests.help_requests.scene import NOW, asked

pytestmark = pytest.mark.django_db
Browsers = Callable[[str], Browser]
People = dict[str, Employee]


def url(name: str, *args: int) -> str:
    return reverse(f"help:{name}", args=args)


@pytest.fixture
def client(people: People, today: date) -> Client:
    return make.client("Принт-Хаус", people["csm"])


def told(person: Employee) -> int:
    return Notification.objects.filter(person=person, kind="help").count()


def test_from_asking_to_the_result(people: People, client: Client) -> None:
    hos, csh, csm = people["hos"], people["csh"], people["csm"]
    far = make.employee("far", "branch_head", branch=make.branch("ekb"))
    number = uuid4()
    found = asked(client, csm, submission=number)
    assert asked(client, csm, submission=number) == found
    assert [told(one) for one in (hos, csh, people["branch_head"], far, csm, people["director"])] == [1, 1, 1, 0, 0, 0]
    by: dict[str, Any] = {"found": found, "now": NOW}
    closing: dict[str, Any] = by | {"result": "Скидка 15 %, договор на год", "submission": uuid4()}
    cases: dict[str, Callable[[], Any]] = {
        "own": lambda: actions.accept(**by, acting_user=csm),
        "not a head": lambda: actions.accept(**by, acting_user=people["director"]),
        "note too early": lambda: actions.note(**by, text="x", submission=uuid4(), acting_user=hos),
        "closed too early": lambda: actions.close(**closing, seen=1, acting_user=csm),
        "another withdraws": lambda: actions.withdraw(**by, result="x", seen=1, acting_user=hos),
        "deal of another": lambda: asked(client, csm, deal=make.deal(make.client("Чужой", csm), csm, NOW.date())),
    }
    refused = []
    for name, act in cases.items():
        with pytest.raises(Refused):
            act()
        refused.append(name)
    assert refused == list(cases)
    assert actions.accept(**by, acting_user=hos).accepted_by == hos
    assert actions.accept(**by, acting_user=hos).version == 2
    with pytest.raises(Refused, match=hos.short_name):
        actions.accept(**by, acting_user=csh)
    with pytest.raises(Refused):
        actions.withdraw(**by, result="x", seen=2, acting_user=csm)
    note = uuid4()
    for _time in range(2):  # a double click
        actions.note(**by, text="Позвонили вместе", submission=note, acting_user=hos)
    assert told(csm) == 2
    for seen, person in ((1, hos), (2, csh)):
        with pytest.raises(Refused):
            actions.close(**closing, seen=seen, acting_user=person)
    assert actions.close(**closing, seen=2, acting_user=hos).state == "closed"
    with pytest.raises(Refused):
        actions.note(**by, text="x", submission=uuid4(), acting_user=hos)
    said = Communication.objects.filter(client=client, kind="note").order_by("pk")
    assert [one.text.partition(": ")[2] for one in said] == ["Позвонили вместе", "Скидка 15 %, договор на год"]
    assert found.notes.count() == 2
    mine = asked(client, csm)
    assert actions.withdraw(found=mine, now=NOW, result="Справился", seen=1, acting_user=csm).state == "withdrawn"
    with pytest.raises(Refused):
        actions.accept(found=mine, now=NOW, acting_user=hos)


def test_what_a_leaving_head_has_taken_waits_again(people: People, client: Client) -> None:
    csh, hos, csm = people["csh"], people["hos"], people["csm"]
    found = asked(client, csm)
    actions.accept(found=found, acting_user=csh, now=NOW)
    over = asked(client, csm)
    actions.accept(found=over, acting_user=csh, now=NOW)
    actions.close(found=over, result="Вернули", seen=2, submission=uuid4(), acting_user=csh, now=NOW)
    assert leaving.held(csh, NOW.date())[-1].rows == 1
    leaving.pass_on(Leaving(csh, hos, hos, hos, NOW.date(), NOW))
    assert leaving.held(csh, NOW.date())[-1].rows == 0
    assert actions.accept(found=found, acting_user=hos, now=NOW).accepted_by == hos
    over.refresh_from_db()
    assert over.accepted_by == csh


def test_who_sees_which_requests(people: People, client: Client, today: date) -> None:
    far = make.employee("far", branch=make.branch("ekb"))
    here, elsewhere = asked(client, people["csm"]), asked(make.client("Дальний", far), far)
    cases = {"csm": {here}, "hos": {here, elsewhere}, "csh": {here, elsewhere}, "branch_head": {here},
             "bdm_key": set(), "director": set()}  # fmt: skip
    for role, found in cases.items():
        assert (role, set(HelpRequest.objects.visible_to(people[role], today))) == (role, found)
    actions.accept(found=here, acting_user=people["hos"], now=NOW)
    days = {"hos": {here, elsewhere}, "csh": {elsewhere}, "branch_head": set(), "csm": set()}
    for role, found in days.items():
        assert (role, set(HelpRequest.objects.all().of_day(people[role], today))) == (role, found)


def test_the_screens(browser_of: Browsers, people: People, client: Client) -> None:
    csm, hos, csh = browser_of("csm"), browser_of("hos"), browser_of("csh")
    deal = make.deal(client, people["csm"], NOW.date())
    assert url("request-new", client.pk) in csm.get(reverse("clients:client-card", args=[client.pk])).content.decode()
    new = f"{url('request-new', client.pk)}?deal={deal.pk}"
    assert new in csm.get(reverse("deals:deal", args=[deal.pk])).content.decode()
    words = {"difficulty": "Просит скидку", "tried": "Предложил <b>10</b>", "submission": uuid4()}
    for wrong in ({"difficulty": " "}, {"tried": ""}, {"submission": "x"}):
        assert (wrong, csm.post(new, words | wrong).status_code) == (wrong, 422)
    assert csm.post(url("request-new", client.pk) + "?deal=99999", words).status_code == 404
    assert csm.post(new, words).status_code == 302
    found = HelpRequest.objects.get()
    assert found.deal == deal
    page = url("request", found.pk)
    assert page in hos.get("/").content.decode()
    assert hos.post(url("request-accept", found.pk)).status_code == 302
    assert people["hos"].short_name in csh.post(url("request-accept", found.pk), follow=True).content.decode()
    assert csh.post(url("request-note", found.pk), {"text": "x", "submission": uuid4()}).status_code == 403
    assert csm.post(url("request-note", found.pk), {"text": " ", "submission": uuid4()}).status_code == 422
    assert csm.post(url("request-note", found.pk), {"text": "Созвонились", "submission": uuid4()}).status_code == 302
    shown = hos.get(page).content.decode()
    assert "Созвонились" in shown
    assert "&lt;b&gt;10" in shown
    close = {"result": "Скидка 15 %", "seen": 2, "submission": uuid4()}
    assert hos.post(url("request-close", found.pk), close | {"seen": 1}).status_code == 422
    assert hos.post(url("request-close", found.pk), close).status_code == 302
    tabs = {"": 0, "?tab=over": 1, "?tab=asked": 1, "?tab=mine": 0, "?tab=x": 0}
    for query, count in tabs.items():
        assert (query, len(csm.get(url("request-list") + query).context["rows"])) == (query, count)


def test_pages_ask_the_same_of_more_rows(browser_of: Browsers, people: People, client: Client) -> None:
    hos = browser_of("hos")
    found = asked(client, people["csm"])
    actions.accept(found=found, acting_user=people["hos"], now=NOW)

    def grow(count: int) -> list[int]:
        numbers = []
        for _n in range(count):
            asked(client, people["csm"], deal=make.deal(client, people["csm"], NOW.date()))
            actions.note(found=found, text="Говорили", submission=uuid4(), acting_user=people["hos"], now=NOW)
        for address in (url("request-list"), url("request", found.pk)):
            hos.get(address)
            with CaptureQueriesContext(connection) as queries:
                assert hos.get(address).status_code == 200
            numbers.append(len(queries))
        return numbers

    before = grow(3)
    assert grow(27) == before

"""Participants of a client: they see it for the time of it, and only heads say who (R10)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.http import QueryDict
from django.test import Client as Browser
from django.urls import reverse

from clients import figures
from clients.filters import CLIENTS
from clients.models import Client, Ownership, Participant, Standing
from salescrm.base.lists.filters import Here
from salescrm.base.lists.state import ListState
from salescrm.base.models import Notification
from staff.access import Role
from staff.models import Absence, Employee
from tests import make
from tests.conftest import TODAY

pytestmark = pytest.mark.django_db

Browsers = Callable[[str], Browser]
People = dict[str, Employee]


@pytest.fixture
def client(people: People, today: date) -> Client:
    """A client of the csm."""
    return make.client("Принт-Хаус", people[Role.CSM])


def form(person: Employee, **more: Any) -> dict[str, Any]:
    return {"employee": person.pk, "role": "negotiation", **more}


def sees(person: Employee, day: date) -> bool:
    return Client.objects.visible_to(person, day).exists()


def test_who_takes_part_sees_the_client_until_the_last_day(
    browser_of: Browsers, people: People, client: Client
) -> None:
    bdm, last = people[Role.BDM_KEY], TODAY + timedelta(days=3)
    assert not sees(bdm, TODAY)
    url = reverse("clients:participant-new", args=[client.pk])
    assert browser_of(Role.CSH).post(url, form(bdm, last_day=last)).status_code == 302
    assert [sees(bdm, day) for day in (TODAY, last, last + timedelta(days=1))] == [True, True, False]
    part = Participant.objects.get()
    assert (part.role, part.author, part.last_day) == ("negotiation", people[Role.CSH], last)
    assert list(Notification.objects.values_list("person_id", flat=True)) == [bdm.pk]
    panel = browser_of(Role.BDM_KEY).get(reverse("clients:client-participants", args=[client.pk])).content.decode()
    assert "Bdm_key Testov" in panel
    assert "leads negotiations" in panel
    assert "End the participation" not in panel


def test_it_ends_today_and_leaves_no_row_when_begun_today(browser_of: Browsers, people: People, client: Client) -> None:
    bdm, begun = people[Role.BDM_KEY], TODAY - timedelta(days=5)
    old = Participant.objects.create(client=client, employee=bdm, starts_on=begun)
    new = Participant.objects.create(client=client, employee=people[Role.OPERATOR], starts_on=TODAY)
    hos = browser_of(Role.HOS)
    for part in (old, new):
        assert hos.post(reverse("clients:participant-end", args=[client.pk, part.pk])).status_code == 302
    assert list(Participant.objects.values_list("employee", "starts_on", "ends_on")) == [(bdm.pk, begun, TODAY)]
    assert not sees(bdm, TODAY)
    assert hos.post(reverse("clients:participant-end", args=[client.pk, old.pk])).status_code == 404


@pytest.mark.parametrize(
    ("who", "more", "fault"),
    [
        (Role.BDM_KEY, {}, "This person takes part on some of these days already."),
        (Role.CSM, {}, "Select a valid choice"),
        (Role.NONE, {}, "Select a valid choice"),
        (Role.OPERATOR, {"last_day": TODAY - timedelta(days=1)}, "The day is past."),
        (Role.OPERATOR, {"role": "boss"}, "Select a valid choice"),
    ],
)
def test_bad_input_changes_nothing(
    browser_of: Browsers, people: People, client: Client, who: str, more: dict[str, Any], fault: str
) -> None:
    Participant.objects.create(client=client, employee=people[Role.BDM_KEY], starts_on=TODAY - timedelta(days=9))
    url = reverse("clients:participant-new", args=[client.pk])
    answer = browser_of(Role.HOS).post(url, form(people[who], **more))
    assert answer.status_code == 422
    assert fault in answer.content.decode()
    assert Participant.objects.count() == 1


@pytest.mark.parametrize("role", [Role.CSM, Role.MARKETER, Role.DIRECTOR])
def test_only_heads_say_who_takes_part(browser_of: Browsers, people: People, client: Client, role: str) -> None:
    part = Participant.objects.create(client=client, employee=people[Role.BDM_KEY], starts_on=TODAY)
    browser = browser_of(role)
    assert (
        browser.post(reverse("clients:participant-new", args=[client.pk]), form(people[Role.OPERATOR])).status_code
        == 403
    )
    assert browser.post(reverse("clients:participant-end", args=[client.pk, part.pk])).status_code == 403
    assert list(Participant.objects.values_list("pk", "ends_on")) == [(part.pk, None)]


def test_the_base_refuses_overlaps_and_empty_ones(people: People, client: Client) -> None:
    bdm = people[Role.BDM_KEY]
    Participant.objects.create(client=client, employee=bdm, starts_on=TODAY, ends_on=TODAY + timedelta(days=5))
    for start, end in ((TODAY + timedelta(days=4), None), (TODAY + timedelta(days=9), TODAY + timedelta(days=9))):
        with pytest.raises(IntegrityError), transaction.atomic():
            Participant.objects.create(client=client, employee=bdm, starts_on=start, ends_on=end)
    Participant.objects.create(client=client, employee=bdm, starts_on=TODAY + timedelta(days=5))


def test_the_panel_asks_the_same_for_three_and_thirty(
    browser_of: Browsers, people: People, client: Client, django_assert_max_num_queries: Any
) -> None:
    hos, counts, url = browser_of(Role.HOS), [], reverse("clients:client-participants", args=[client.pk])
    hos.get(url)
    for upto in (range(3), range(3, 30)):
        for n in upto:
            Participant.objects.create(client=client, employee=make.employee(f"p{n}"), starts_on=TODAY)
        with django_assert_max_num_queries(10) as asked:
            assert hos.get(url).content.decode().count("<li>") == upto.stop
        counts.append(len(asked))
    assert counts[0] == counts[1]


# --- who sees a branch or the potential ones --------------------------------------------------------------------------


@pytest.fixture
def elsewhere(people: People) -> Employee:
    """The head of another branch, with a client there."""
    head = make.employee("msk_head", Role.BRANCH_HEAD, branch=make.branch("msk"))
    make.client("Свой", make.employee("msk_csm", branch=make.branch("msk")), standing={"turnover": 5})
    return head


def signed_in(person: Employee) -> Browser:
    browser = Browser(headers={"accept-language": "en"})
    browser.force_login(person)
    return browser


def take_part(client: Client, person: Employee) -> None:
    Participant.objects.create(client=client, employee=person, starts_on=TODAY, ends_on=TODAY + timedelta(days=1))


def stand_in(client: Client, person: Employee) -> None:
    owner = Ownership.objects.get(client=client).owner
    Absence.objects.create(employee=owner, substitute=person, starts_on=TODAY, ends_on=TODAY + timedelta(days=1))


@pytest.mark.parametrize("who", [Role.BRANCH_HEAD, Role.LEAD_MANAGER])
@pytest.mark.parametrize("come", [take_part, stand_in])
def test_who_works_a_client_beyond_his_rows_sees_it_and_totals_have_it(
    people: People, client: Client, elsewhere: Employee, who: str, come: Callable[[Client, Employee], None]
) -> None:
    Standing.objects.filter(client=client).update(life_cycle="active", turnover=7)
    person = elsewhere if who == Role.BRANCH_HEAD else people[who]
    card, url = reverse("clients:client-card", args=[client.pk]), reverse("clients:client-totals")
    before = Client.objects.visible_to(person, TODAY).count()
    assert signed_in(person).get(card).status_code == 404
    come(client, person)
    person = Employee.objects.get(pk=person.pk)  # for whom one stands in is read once for a person loaded once
    assert signed_in(person).get(card).status_code == 200
    seen = Client.objects.visible_to(person, TODAY)
    assert (seen.count(), seen.filter(pk=client.pk).count()) == (before + 1, 1)
    state = ListState.read(CLIENTS, QueryDict(), Here(person, TODAY))
    assert figures.count(state) == figures.whole(state).count() == before + 1
    assert signed_in(person).get(url).status_code == 200
    assert not Client.objects.visible_to(person, TODAY + timedelta(days=1)).filter(pk=client.pk).exists()


def test_who_only_takes_part_does_not_change_the_owner(client: Client, elsewhere: Employee) -> None:
    take_part(client, elsewhere)
    browser, data = signed_in(elsewhere), {"owner": elsewhere.pk, "note": "мой"}
    assert browser.post(reverse("deals:owner-change", args=[client.pk]), data).status_code == 403
    browser.post(reverse("deals:owner-change-many") + f"?ids={client.pk}", data)
    assert Ownership.objects.get(client=client, ends_on=None).owner != elsewhere

"""A potential client whose first invoice nobody confirms: goes in the night of day 3, back at its first purchase."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from clients.models import Client
from deals.dealing.models import Deal
from segmentation import actions, why
from segmentation.models import ZeroCase
from staff.models import Employee
from tests import make
from tests.invoices.scene import issue, speak
from tests.night import scene

pytestmark = pytest.mark.django_db
ISSUED = date(2025, 4, 7)  # a Monday: day 3 is Wednesday 9 April


def potential(name: str = "one", **rules: Any) -> tuple[Client, Employee]:
    """Make a department and a client with an invoice and without a purchase."""
    owner = scene.department(**rules)
    client = make.client(name, owner)
    issue(client, owner, issued_on=ISSUED)
    return client, owner


@pytest.mark.parametrize(("night", "owner"), [("2025-04-08", "owner"), ("2025-04-09", "dev"), ("2025-04-14", "dev")])
def test_it_goes_in_the_night_of_day_three(night: str, owner: str) -> None:
    client, _ = potential()
    journal = scene.night(night)
    assert scene.owner_of(client) == owner
    assert journal["zero"]["by_rule"]["unconfirmed_invoice"] == int(owner == "dev")


def test_its_case_is_reckoned_from_the_invoice_and_its_work_goes_along() -> None:
    client, _ = potential()
    scene.night("2025-04-09")
    case = scene.case(client)
    told = (case.state, case.rule, case.silent_since, case.due_on, case.handed_on)
    days = (ISSUED, date(2025, 4, 9), date(2025, 4, 10))
    assert told == ("handed_over", "unconfirmed_invoice", *days)
    assert "invoice" in why.why_hand_over(client).sentences[0] or "счёт" in why.why_hand_over(client).sentences[0]
    assert set(Deal.objects.open().filter(client=client).values_list("owner__username", flat=True)) <= {"dev"}
    assert scene.night("2025-04-10")["zero"]["by_rule"]["unconfirmed_invoice"] == 0


@pytest.mark.parametrize(
    ("bought", "state"),
    [
        ("2025-04-07", "had_bought"),
        ("2025-04-09", "had_bought"),
        ("2025-04-10", "returned"),
        ("2025-04-20", "returned"),
    ],
)
def test_its_first_purchase_brings_it_back(bought: str, state: str) -> None:
    client, _ = potential()
    scene.night("2025-04-09")
    make.shipment(client, scene.day(bought), 100)
    scene.night("2025-04-21")
    assert (scene.owner_of(client), scene.case(client).state) == ("owner", state)


def test_a_confirmed_or_a_paid_one_stays() -> None:
    client, owner = potential()
    speak(list(client.invoices.all()), owner, "will_pay", today=date(2025, 4, 8), promised_on=date(2025, 4, 11))
    scene.night("2025-04-09")
    assert scene.owner_of(client) == "owner"
    assert not ZeroCase.objects.exists()


def test_it_stands_between_zero_top_and_new_in_the_order_of_places() -> None:
    client, owner = potential(own_rhythm=False, limit=1)
    fresh = scene.buyer("fresh", owner, "2025-01-09")
    scene.night("2025-04-10")
    assert (scene.owner_of(client), scene.owner_of(fresh)) == ("dev", "owner")
    assert scene.case(fresh).state == "waiting"


def test_a_proposal_waits_and_goes_when_the_invoice_is_confirmed() -> None:
    client, owner = potential(hand_over_mode="approve")
    scene.night("2025-04-09")
    assert scene.case(client).state == "proposed"
    speak(list(client.invoices.all()), owner, "changes", today=date(2025, 4, 10))
    scene.night("2025-04-10")
    assert (scene.case(client).state, scene.owner_of(client)) == ("withdrawn", "owner")


def test_a_refused_one_is_left_alone_and_can_be_proposed_again() -> None:
    client, _ = potential(hand_over_mode="approve")
    scene.night("2025-04-09")
    head = Employee.objects.get(username="hos")
    day = date(2025, 4, 10)
    actions.refuse(cases=[scene.case(client)], reason="Ждём тендера", until=None, acting_user=head, today=day)
    scene.night("2025-04-10")
    assert scene.case(client).state == "refused"
    assert actions.undo_refusals(cases=[scene.case(client)], acting_user=head, today=day) == 1
    scene.night("2025-04-11")
    assert scene.case(client).state == "proposed"


def test_one_who_bought_meanwhile_is_withdrawn_even_when_nobody_is_handed_over() -> None:
    client, _ = potential(hand_over_mode="approve")
    scene.night("2025-04-09")
    make.shipment(client, date(2025, 4, 10), 100)
    scene.night("2025-04-10")
    assert scene.case(client).state == "withdrawn"

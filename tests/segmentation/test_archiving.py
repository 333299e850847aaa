"""The archive by hand: who may, what is closed with it, what people and the night see, and the way back (R129)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time
from typing import Any

import pytest
from django.test import Client as Browser
from django.utils.timezone import make_aware

from clients.models import Archiving, Client, LossReason, Standing
from deals.models import Task
from segmentation import archiving
from segmentation.models import CaseState, ClientState, StatusChange
from staff.models import Employee
from tests import make
from tests.night import scene
from tests.segmentation.world import case, classed, nights, silent

pytestmark = pytest.mark.django_db
BrowserOf = Callable[[str], Browser]
People = dict[str, Employee]
LIST = "/clients/"


@pytest.fixture
def reason(db: None) -> LossReason:
    """A reason of the dictionary."""
    return LossReason.objects.create(code="closed", name="Закрылся", name_en="Closed down")


@pytest.fixture
def client(people: People, today: date) -> Client:
    """A silent client of the csm."""
    nights()
    made = make.client("Лютик", people["csm"])
    silent(made, days=100)
    return made


def life(client: Client) -> str:
    return Standing.objects.get(client=client).life_cycle


def put_away(browser: Browser, client: Client, reason: LossReason, note: str = "", **options: Any) -> Any:
    data = {"reason": reason.pk, "note": note}
    return browser.post(f"/segmentation/archive/{client.pk}/", data, **options)


def test_a_head_archives_a_client_and_closes_what_is_open(
    browser_of: BrowserOf, people: People, client: Client, reason: LossReason, today: date
) -> None:
    make.pipeline()
    deal = make.deal(client, people["csm"], today)
    task = make.task("Позвонить", people["csm"], client=client, due_on=today)
    dialog = browser_of("csh").get(f"/segmentation/archive/{client.pk}/").content.decode()
    assert "Лютик" in dialog
    assert "Open deals closed as lost: 1" in dialog
    answer = put_away(browser_of("csh"), client, reason, "съехали")
    assert answer["Location"] == f"/clients/{client.pk}/"
    client.refresh_from_db()
    deal.refresh_from_db()
    (row,) = Archiving.objects.all()
    assert (client.archived_on, client.archive_reason) == (today, f"{reason}: съехали")
    assert (row.client, row.archived_by, row.reason, row.note) == (client, people["csh"], reason, "съехали")
    assert (life(client), deal.state, deal.loss_reason) == ("archived", "lost", reason)
    assert Task.objects.open().filter(client=client).count() == 0
    assert Task.objects.get(pk=task.pk).state == "cancelled"
    assert Standing.objects.get(client=client).hand_over_on is None
    card = browser_of("csh").get(f"/clients/{client.pk}/").content.decode()
    assert "In the archive." in card
    assert people["csh"].short_name in card
    assert f"/segmentation/archive/{client.pk}/back/" in card
    timeline = browser_of("csh").get(f"/clients/{client.pk}/timeline/").content.decode()
    assert "Put into the archive by hand" in timeline


def test_a_double_submit_is_one_archiving_and_the_second_person_is_told(
    browser_of: BrowserOf, people: People, client: Client, reason: LossReason
) -> None:
    put_away(browser_of("csh"), client, reason)
    assert put_away(browser_of("csh"), client, reason).status_code == 302
    second = put_away(browser_of("hos"), client, reason, "и я")
    assert second.status_code == 422
    assert people["csh"].short_name in second.content.decode()
    assert Archiving.objects.count() == 1


@pytest.mark.parametrize("data", [{}, {"reason": "999999"}, {"note": "без причины"}])
def test_without_a_reason_nothing_changes(browser_of: BrowserOf, client: Client, data: dict[str, Any]) -> None:
    assert browser_of("csh").post(f"/segmentation/archive/{client.pk}/", data).status_code == 422
    client.refresh_from_db()
    assert (client.archived_on, life(client), Archiving.objects.count()) == (None, "zero", 0)


@pytest.mark.parametrize("role", ["csm", "marketer", "director", "deputy_it"])
def test_who_may_not_archive_changes_nothing(
    browser_of: BrowserOf, client: Client, reason: LossReason, role: str
) -> None:
    assert put_away(browser_of(role), client, reason).status_code == 403
    assert (life(client), Archiving.objects.count()) == ("zero", 0)
    assert f"/segmentation/archive/{client.pk}/" not in browser_of(role).get(f"/clients/{client.pk}/").content.decode()


def test_it_is_taken_back_at_once(
    browser_of: BrowserOf, people: People, client: Client, reason: LossReason, today: date
) -> None:
    put_away(browser_of("csh"), client, reason)
    answer = browser_of("hos").post(f"/segmentation/archive/{client.pk}/back/")
    assert answer["Location"] == f"/clients/{client.pk}/"
    client.refresh_from_db()
    row = Archiving.objects.get()
    assert (client.archived_on, client.archive_reason, life(client)) == (None, "", "zero")
    assert (row.taken_back_on, row.taken_back_by) == (today, people["hos"])
    again = browser_of("csh").post(f"/segmentation/archive/{client.pk}/back/")
    assert again.status_code == 422
    assert people["hos"].short_name in again.content.decode()


def test_a_potential_client_comes_and_goes_without_a_state(
    browser_of: BrowserOf, people: People, today: date, reason: LossReason
) -> None:
    client = make.client("Ирис", people["csm"])
    put_away(browser_of("csh"), client, reason)
    assert life(client) == "archived"
    browser_of("csh").post(f"/segmentation/archive/{client.pk}/back/")
    assert (life(client), ClientState.objects.count()) == ("potential", 0)


def test_a_selection_is_archived_with_a_preview_and_taken_back(
    browser_of: BrowserOf, people: People, client: Client, reason: LossReason
) -> None:
    two, other = make.client("Мак", people["csm"]), make.client("Роза", people["csm"])
    Standing.objects.filter(client=other).update(life_cycle="archived")
    ids = "&".join(f"ids={one.pk}" for one in (client, two, other))
    dialog = browser_of("csh").get(f"/segmentation/archive/?{ids}").content.decode()
    assert "2 clients go into the archive" in dialog
    assert "1 is in the archive already" in dialog
    answer = browser_of("csh").post(f"/segmentation/archive/?{ids}", {"reason": reason.pk})
    assert answer.status_code == 302
    assert set(Archiving.objects.values_list("client", flat=True)) == {client.pk, two.pk}
    back = browser_of("csh").get(f"/segmentation/archive/back/?{ids}").content.decode()
    assert "1 was not archived by hand" in back
    browser_of("csh").post(f"/segmentation/archive/undo/?clients={client.pk}.{two.pk}")
    assert [life(one) for one in (client, two, other)] == ["zero", "potential", "archived"]


@pytest.mark.parametrize(
    ("query", "offered", "other"),
    [
        ("", "/segmentation/archive/?", "/segmentation/archive/back/?"),
        ("?state=active", "/segmentation/archive/?", "/segmentation/archive/back/?"),
        ("?state=archived&state=active", "/segmentation/archive/?", "/segmentation/archive/back/?"),
        ("?state=archived", "/segmentation/archive/back/?", "/segmentation/archive/?"),
    ],
)
def test_the_list_of_archived_clients_offers_the_way_back(
    browser_of: BrowserOf, client: Client, query: str, offered: str, other: str
) -> None:
    Standing.objects.filter(client=client).update(life_cycle="archived" if "archived" in query else "active")
    page = browser_of("csh").get(f"{LIST}{query}").content.decode()
    assert offered.rstrip("?") + '"' in page
    assert other.rstrip("?") + '"' not in page


def test_the_number_of_queries_does_not_grow_with_the_selection(
    browser_of: BrowserOf, people: People, reason: LossReason, today: date, django_assert_max_num_queries: Any
) -> None:
    nights()
    make.pipeline()
    browser, counts = browser_of("csh"), []
    browser.get(LIST)
    for first, last in ((0, 3), (3, 33)):
        made = [make.client(f"К{n}", people["csm"]) for n in range(first, last)]
        for one in made:
            silent(one, days=100)
            make.deal(one, people["csm"], today)
            make.task("Позвонить", people["csm"], client=one, due_on=today)
        ids = "&".join(f"ids={one.pk}" for one in made)
        with django_assert_max_num_queries(60) as captured:
            assert browser.post(f"/segmentation/archive/?{ids}", {"reason": reason.pk}).status_code == 302
        counts.append(len(captured))
    assert counts[0] == counts[1]
    assert Archiving.objects.count() == 33


def test_the_board_has_no_archived_clients(browser_of: BrowserOf, people: People, client: Client) -> None:
    classed(client, "AX", 100)
    case(client, CaseState.HANDED_OVER, people["csm"], people["bdm_recovery"])
    assert "Лютик" in browser_of("hos").get("/segmentation/zero/").content.decode()
    Standing.objects.filter(client=client).update(life_cycle="archived")
    assert "Лютик" not in browser_of("hos").get("/segmentation/zero/").content.decode()


def test_the_night_writes_the_transitions_of_what_people_said() -> None:
    owner = scene.department(hand_over_mode="off", own_rhythm=False)
    client = scene.buyer("one", owner, "2025-01-10")
    head, day = Employee.objects.get(username="hos"), scene.day
    reason = LossReason.objects.create(code="closed", name="Закрылся")
    now = make_aware(datetime.combine(day("2025-02-11"), time(10)))
    scene.night("2025-02-10")
    archiving.archive(clients=[client.pk], reason=reason, note="", acting_user=head, today=day("2025-02-11"), now=now)
    assert (life(client), scene.state(client).status) == ("archived", "zero")
    scene.night("2025-02-11")
    assert (life(client), scene.state(client).status, scene.state(client).silence) == ("archived", "archived", "zero")
    archiving.take_back(clients=[client.pk], acting_user=head, today=day("2025-02-12"))
    assert (life(client), scene.state(client).status) == ("zero", "archived")
    scene.night("2025-02-12")
    assert (life(client), scene.state(client).status) == ("zero", "zero")
    changes = StatusChange.objects.filter(client=client).order_by("as_of").values_list("before", "after")
    assert list(changes) == [("", "zero"), ("zero", "archived"), ("archived", "zero")]

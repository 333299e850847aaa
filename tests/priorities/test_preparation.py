"""What is to be known before a talk: whose phones are shown, what the type buys besides, and who has looked through."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client as Browser
from django.urls import reverse

from clients.models import Category, Client, Need, Segment, Sphere, Standing
from deals import actions as deal_actions
from deals.models import Task
from salescrm.base import clock
from salescrm.base.models import AccessLog
from segmentation.models import CategoryTurnover
from segmentation.priorities import preparation
from segmentation.priorities.models import Preparation
from segmentation.priorities.programmes.models import ProgrammeStep
from staff.models import Employee
from tests import make
from tests.segmentation.world import nights

pytestmark = pytest.mark.django_db
BrowserOf = Callable[[str], Browser]
People = dict[str, Employee]
PHONE, MASKED = "+79215550012", "+7 921 •••-••-12"


@pytest.fixture
def agency() -> Segment:
    return Segment.objects.create(sphere=Sphere.objects.create(code="ad", name="Ad"), code="agency", name="Agency")


@pytest.fixture
def client(people: People, today: date, agency: Segment) -> Client:
    """A client with who decides and who buys, a call, a task, a need, and a night behind it."""
    nights()
    made = make.client("Принт-Хаус", people["csm"], segment=agency)
    buyer = make.contact(made, "Белов Олег", role="buys")
    decider = make.contact(made, "Волкова Анна", role="decides")
    make.contact(made, "Гусев Пётр", left_on=date(2026, 1, 1), role="decides")
    make.point(made, PHONE, contact=decider)
    make.point(made, "+79215550013", contact=decider, dead_on=date(2026, 2, 2), dead_reason="wrong")
    make.point(made, "a@b.ru", kind="email", contact=buyer)
    make.said(made, people["csm"], date(2026, 7, 1), text="первый разговор", agreements="выслать образцы")
    make.task("Отправить образцы", people["csm"], due_on=date(2026, 7, 20), client=made)
    Need.objects.create(contact=decider, text="толстовки", noted_on=date(2026, 7, 1), noted_by=people["csm"])
    return made


def bought(client: Client, category: Category | None, amount: int, month: date = date(2026, 5, 1)) -> None:
    """Let a client have bought a category in a month."""
    entity = client.legal_entities.get()
    CategoryTurnover.objects.create(legal_entity=entity, month=month, category=category, amount=amount)


def read(client: Client, person: Employee, today: date) -> preparation.Prepared:
    return preparation.read(person, client, today)


def test_who_decides_is_called_first_and_only_by_what_works(client: Client, people: People, today: date) -> None:
    found = read(client, people["csm"], today)
    assert [(one.contact.name, [line.text for line in one.points]) for one in found.people if one.contact] == [
        ("Волкова Анна", ["+7 921 555-00-12"]),
        ("Белов Олег", []),
    ]
    assert [one.agreements for one in found.said] == ["выслать образцы"]
    assert [row.task.title for row in found.tasks] == ["Отправить образцы"]
    assert [one.text for one in found.needs] == ["толстовки"]


@pytest.mark.parametrize(
    ("role", "shows", "reveals"), [("csm", "+7 921 555-00-12", False), ("hos", "+7 921 555-00-12", False),
                                   ("director", MASKED, True), ("deputy_it", MASKED, True)],
)  # fmt: skip
def test_phones_are_shown_at_once_only_to_who_works_the_client(
    client: Client, browser_of: BrowserOf, role: str, shows: str, reveals: bool
) -> None:
    page = browser_of(role).get(f"/segmentation/panels/{client.pk}/preparation/").content.decode()
    assert shows in page
    assert ("/contacts/shown/" in page) is reveals
    assert ("I have looked through it" in page) is not reveals


def test_who_sees_no_people_reads_no_names_and_no_needs(client: Client, browser_of: BrowserOf) -> None:
    page = browser_of("marketer").get(f"/segmentation/panels/{client.pk}/preparation/").content.decode()
    assert "Волкова" not in page
    assert "толстовки" not in page
    assert "выслать образцы" in page


def test_looks_at_phones_are_counted(client: Client, people: People, browser_of: BrowserOf) -> None:
    browser_of("csm").get(f"/segmentation/panels/{client.pk}/preparation/")
    assert AccessLog.objects.filter(person=people["csm"]).count() == 1


SHARES = [  # buyers of the type besides the client, how many of them bought the category, is it usual
    (5, 5, True), (5, 4, False), (10, 5, True), (10, 4, False), (17, 5, False), (16, 5, True), (4, 4, False),
    (0, 0, False),
]  # fmt: skip


@pytest.mark.parametrize(("buyers", "of_them", "is_usual"), SHARES)
def test_what_enough_of_the_type_buy_is_missing(
    client: Client, people: People, today: date, agency: Segment, buyers: int, of_them: int, is_usual: bool
) -> None:
    cups, polo = Category.objects.create(name="Кружки"), Category.objects.create(name="Поло")
    for number in range(buyers):
        other = make.client(f"other {number}", people["csm"], segment=agency)
        bought(other, polo, 100)
        if number < of_them:
            bought(other, cups, 300)
    found = read(client, people["csm"], today).goods.missing
    assert ([(one.name, one.usual) for one in found if one.name == "Кружки"] == [("Кружки", Decimal(300))]) is is_usual


@pytest.mark.parametrize(
    ("share", "fewest", "is_usual"), [(30, 5, False), (20, 5, False), (20, 2, True), (21, 2, False)]
)
def test_what_is_usual_is_a_figure(
    client: Client, people: People, today: date, agency: Segment, share: int, fewest: int, is_usual: bool
) -> None:
    cups, polo = Category.objects.create(name="Кружки"), Category.objects.create(name="Поло")
    for number in range(10):
        other = make.client(f"other {number}", people["csm"], segment=agency)
        bought(other, polo, 100)
        if number < 2:
            bought(other, cups, 300)
    make.figure("usual-share", share, date(2026, 1, 1))
    make.figure("fewest-buyers", fewest, date(2026, 1, 1))
    missing = [one.name for one in read(client, people["csm"], today).goods.missing]
    assert ("Кружки" in missing) is is_usual


def test_what_the_client_buys_is_not_missing_and_returns_undo_it(
    client: Client, people: People, today: date, agency: Segment
) -> None:
    cups, polo, old = (Category.objects.create(name=name) for name in ("Кружки", "Поло", "Старое"))
    for number in range(5):
        other = make.client(f"other {number}", people["csm"], segment=agency)
        bought(other, polo, 100)
        bought(other, cups, 100)
    bought(client, cups, 300)
    bought(client, polo, 100, date(2026, 4, 1))
    bought(client, polo, -100)
    bought(client, old, 500, date(2025, 6, 1))  # more than twelve months before the running one
    bought(client, None, 900)
    found = read(client, people["csm"], today).goods
    assert [(one.name, one.amount, one.share) for one in found.bought] == [("Кружки", Decimal(300), Decimal(1))]
    assert [one.name for one in found.missing] == ["Поло"]
    assert found.since == date(2025, 7, 1)


def test_before_the_first_night_nothing_is_said_of_goods(people: People, today: date) -> None:
    made = make.client("new", people["csm"])
    assert read(made, people["csm"], today).goods == preparation.Goods()


def test_who_looked_through_it_is_written_once_a_day(client: Client, people: People, browser_of: BrowserOf) -> None:
    browser, url = browser_of("csm"), f"/segmentation/preparation/{client.pk}/"
    for _click in range(2):
        answer = browser.post(url, headers={"HX-Request": "true"})
        assert "prepared" in answer["HX-Trigger"]
    (row,) = Preparation.objects.all()
    assert (row.client, row.person, row.day) == (client, people["csm"], date(2026, 7, 16))
    assert "You looked through it today" in browser.get(url).content.decode()
    with pytest.raises(IntegrityError), transaction.atomic():
        Preparation.objects.create(client=client, person=people["csm"], day=row.day)


def test_who_only_reads_confirms_nothing(client: Client, browser_of: BrowserOf) -> None:
    assert browser_of("director").post(f"/segmentation/preparation/{client.pk}/").status_code == 403
    assert browser_of("bdm_key").post(f"/segmentation/preparation/{client.pk}/").status_code == 404
    assert not Preparation.objects.exists()


def test_it_asks_as_much_of_the_base_for_much_as_for_little(
    client: Client, people: People, browser_of: BrowserOf, django_assert_max_num_queries: Any
) -> None:
    browser = browser_of("csm")
    url = f"/segmentation/panels/{client.pk}/preparation/"
    browser.get(url)
    for number in range(30):
        contact = make.contact(client, f"Человек {number}", role="uses")
        make.point(client, f"+792155511{number:02}", contact=contact)
        make.said(client, people["csm"], date(2026, 7, 2), text=f"{number}")
        make.task(f"{number}", people["csm"], due_on=date(2026, 7, 20), client=client)
        bought(client, Category.objects.create(name=f"{number}"), 100)
    with django_assert_max_num_queries(43):
        browser.get(url)


# --- ways to develop (R88) ---------------------------------------------------------------------------------------


def ways(browser: Browser, client: Client) -> dict[str, str]:
    found = browser.get(f"/segmentation/panels/{client.pk}/preparation/").context["ways"]
    return {one.path.value: one.because for one in found}


def test_ways_that_are_possible_are_proposed_with_what_speaks_for_them(
    client: Client, people: People, browser_of: BrowserOf, agency: Segment
) -> None:
    browser = browser_of("csm")
    assert ways(browser, client) == {"price": "", "rivals": ""}
    cups, polo = Category.objects.create(name="Кружки"), Category.objects.create(name="Поло")
    bought(client, cups, 300)
    for number in range(5):
        bought(make.client(f"other {number}", people["csm"], segment=agency), polo, 100)
    usual = {"assortment": "Кружки", "category": "Поло", "price": "", "rivals": "", "partnership": "", "label": ""}
    assert ways(browser, client) == usual
    Standing.objects.filter(client=client).update(top=True)
    assert ways(browser, client) == usual | {"batches": ""}


def test_a_way_becomes_a_task_or_a_step_of_the_programme(client: Client, people: People, browser_of: BrowserOf) -> None:
    browser, page = browser_of("csm"), f"/segmentation/panels/{client.pk}/preparation/"
    (price, _rivals) = browser.get(page).context["ways"]
    dialog = browser.get(price.url)
    assert dialog.context["form"]["title"].value() == "Missing price offer"
    programme = make.programme(client, people["csm"])
    (price, _rivals) = browser.get(page).context["ways"]
    assert price.url == f"{reverse('segmentation:programme-step', args=[programme.pk])}?path=price"
    task = make.task("Цена", people["csm"], due_on=date(2026, 7, 20), client=client)
    ProgrammeStep.objects.create(programme=programme, task=task, path="price")
    assert "price" not in ways(browser, client)
    tasks = Task.objects.filter(pk=task.pk)
    deal_actions.cancel(tasks=tasks, reason="не нужно", acting_user=people["csm"], now=clock.now())
    assert "price" in ways(browser, client)
    assert "data-dialog>missing price offer" not in browser_of("director").get(page).content.decode()

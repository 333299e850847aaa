"""Export of contacts: of exactly the filtered clients, as far as the person sees them at once, and counted."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clients.models import Client, LegalEntity, PointKind
from salescrm.base.models import AccessKind, AccessLog
from staff.access import Role
from staff.models import Employee
from tests import make

pytestmark = pytest.mark.django_db
Browsers = Callable[[str], Browser]
People = dict[str, Employee]
HEAD = "Client,Contact,Position,Part in the decision,Birthday,Phone,E-mail,Telegram,WhatsApp,MAX,VK,Site"


@pytest.fixture(autouse=True)
def _base(people: People, today: date) -> None:
    """Three clients: two of the manager's, one of another's; a person who left, a dead phone."""
    mine = make.client("Альфа", people[Role.CSM], city="Тверь")
    anna = make.contact(mine, "Анна Ким", position="директор", role="decides", birthday=date(1980, 4, 5))
    make.contact(mine, "Ушёл", left_on=today)
    make.point(mine, "+79215550012", contact=anna)
    make.point(mine, "+79215550013", contact=anna)
    make.point(mine, "a@kim.ru", "email", contact=anna)
    make.point(mine, "+79215550099", contact=anna, dead_on=today, dead_reason="нет")
    make.point(mine, "print.ru", PointKind.SITE)
    make.contact(make.client("Бета", people[Role.CSM], city="Омск"), "Олег")
    make.contact(make.client("Гамма", people[Role.HOS], city="Тверь"), "Чужой")


def lines(browser: Browser, query: str = "sort=name", what: str = "contacts") -> list[str]:
    answer = browser.post(f"{reverse('clients:client-export')}?{query}", {"form": "csv", "what": what})
    assert answer.status_code == 200
    return b"".join(answer).decode("utf-8-sig").splitlines()


ALFA = [
    "Альфа,,,,,,,,,,,print.ru",
    'Альфа,Анна Ким,директор,decides,1980-04-05,"\'+79215550012, +79215550013",a@kim.ru,,,,,',
]


def test_it_exports_people_of_exactly_the_filtered_clients(browser_of: Browsers, people: People) -> None:
    assert lines(browser_of(Role.CSM)) == [HEAD, *ALFA, "Бета,Олег,,,,,,,,,,"]
    assert lines(browser_of(Role.CSM), "city=Тверь") == [HEAD, *ALFA]
    logs = AccessLog.objects.filter(person=people[Role.CSM], kind=AccessKind.EXPORT)
    assert [(log.rows, log.screen) for log in logs.order_by("pk")] == [(3, "contacts"), (2, "contacts")]


def test_a_head_gets_all_and_who_may_not_see_contacts_none(browser_of: Browsers) -> None:
    assert lines(browser_of(Role.HOS))[-1] == "Гамма,Чужой,,,,,,,,,,"
    browser = browser_of(Role.MARKETER)
    url = reverse("clients:client-export")
    assert browser.post(url, {"form": "csv", "what": "contacts"}).status_code == 403
    assert "their contacts" not in browser.get(url).content.decode()
    assert "their contacts" in browser_of(Role.CSM).get(url).content.decode()


def test_who_sees_all_but_changes_none_gets_no_contacts(browser_of: Browsers) -> None:
    assert lines(browser_of(Role.DIRECTOR)) == [HEAD]


@pytest.mark.parametrize("clients", [3, 30])
def test_it_asks_the_same_questions_whatever_its_length(clients: int, browser_of: Browsers, people: People) -> None:
    for n in range(clients):
        make.point(
            client := make.client(f"К{n}", people[Role.CSM]), f"+7921555{n:04d}", contact=make.contact(client, "А")
        )
    browser = browser_of(Role.CSM)
    lines(browser)
    with CaptureQueriesContext(connection) as queries:
        assert len(lines(browser)) == 4 + clients
    assert len(queries) <= 20


def test_it_exports_the_legal_entities_of_exactly_the_filtered_clients(browser_of: Browsers, people: People) -> None:
    alfa = Client.objects.get(name="Альфа")
    LegalEntity.objects.create(client=alfa, name="ООО Дом", inn="7736050003", kpp="773601001", address="Тула")
    head = "Client,Name of the legal entity,INN,KPP,Address,Codes"
    found = [head, "Альфа,Альфа,,,,1c: Альфа", "Альфа,ООО Дом,7736050003,773601001,Тула,", "Бета,Бета,,,,1c: Бета"]
    assert lines(browser_of(Role.CSM), what="entities") == found
    assert lines(browser_of(Role.CSM), "city=Омск", "entities") == [head, found[-1]]
    assert "Гамма,Гамма,,,,1c: Гамма" in lines(browser_of(Role.MARKETER), "city=Тверь", "entities")
    logs = AccessLog.objects.filter(person=people[Role.CSM], kind=AccessKind.EXPORT).order_by("pk")
    assert [(log.rows, log.screen) for log in logs] == [(3, "entities"), (1, "entities")]
    assert "their legal entities" in browser_of(Role.MARKETER).get(reverse("clients:client-export")).content.decode()


@pytest.mark.parametrize("clients", [3, 30])
def test_entities_ask_the_same_questions_whatever_their_number(
    clients: int, browser_of: Browsers, people: People
) -> None:
    for n in range(clients):
        make.client(f"К{n}", people[Role.CSM])
    browser = browser_of(Role.CSM)
    lines(browser, what="entities")
    with CaptureQueriesContext(connection) as queries:
        assert len(lines(browser, what="entities")) == 3 + clients
    assert len(queries) <= 20

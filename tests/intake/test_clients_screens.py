"""An import of clients on the page: the same wizard as for orders, with the settings of its kind."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client as Browser
from django.urls import reverse

from clients.models import Client, Contact, Ownership
from salescrm.base.models import ColumnMap, Intake, IntakeState, Notification
from staff.access import Role
from staff.models import Employee
from tests import make
from tests.intake import files
from tests.intake.test_clients import EXCHANGE, held
from tests.intake.test_screens import asked, browser, dropped, page  # noqa: F401 - browser is a fixture

pytestmark = pytest.mark.django_db
GOOD = "Клиент;ИНН;Город;Контактное лицо;Телефон;Склад\nРомашка;7707083893;Тверь;Анна Ким;8 921 555-00-12;Юг\n"
BAD = GOOD + "Лютик;7707083894;Тверь;;;\n"
FORM = {
    "source_name": "Битрикс24",
    "column-0": "client",
    "column-1": "inn",
    "column-2": "city",
    "column-3": "contact",
    "column-4": "phone",
    "column-5": "",
}


def test_it_goes_from_the_file_to_the_base_and_back(browser: Browser, people: dict[str, Employee]) -> None:  # noqa: F811
    before = held()
    intake = dropped(browser, GOOD, "clients.csv")
    assert intake.kind == "clients"
    html = page(browser, intake)
    assert "5 of 6 known" in html
    assert "What the base knows otherwise" in html
    assert "Document numbers" not in html
    intake = asked(browser, intake, "check", **FORM, owner=str(people[Role.CSM].pk))
    assert intake.state == IntakeState.CHECKED
    assert held() == before
    assert "Contacts created" in page(browser, intake)
    intake = asked(browser, intake, "load")
    assert intake.state == IntakeState.DONE
    assert "Clients and contacts are in the base since" in page(browser, intake)
    client = Client.objects.get()
    assert (client.name, client.created_by) == ("Ромашка", people[Role.HOS])
    assert Ownership.objects.get().owner == people[Role.CSM]
    assert Contact.objects.get().points.get().value_key == "+79215550012"
    told = Notification.objects.filter(person=people[Role.HOS], kind="import")
    assert told.count() == 2
    assert "clients and contacts" in browser.get(reverse("imports:intake-list")).content.decode()
    intake = asked(browser, intake, "undo")
    assert intake.state == IntakeState.UNDONE
    assert held() == before


def test_it_says_why_it_is_not_undone(browser: Browser, people: dict[str, Employee]) -> None:  # noqa: F811
    intake = asked(browser, asked(browser, dropped(browser, GOOD), "check", **FORM), "load")
    Client.objects.update(city="Омск")
    intake = asked(browser, intake, "undo")
    assert intake.state == IntakeState.DONE
    assert "the client Ромашка was changed after this import" in page(browser, intake)


def test_it_shows_bad_cells_and_loads_good_rows_only_when_told(browser: Browser) -> None:  # noqa: F811
    intake = asked(browser, dropped(browser, BAD), "check", **FORM)
    html = page(browser, intake)
    assert "7707083894" in html
    assert "the check digits of the INN are wrong" in html
    report = browser.get(reverse("imports:intake-report", args=[intake.pk, "csv"])).content.decode("utf-8-sig")
    assert report.splitlines()[1] == "orders.csv;3;ИНН;7707083894;the check digits of the INN are wrong"
    assert asked(browser, intake, "load", skip_bad="1").state == IntakeState.DONE
    assert Client.objects.get().name == "Ромашка"


@pytest.mark.parametrize(("choice", "city"), [("", "Омск"), ("true", "Тверь")])
def test_the_file_wins_where_the_person_says_so(
    choice: str,
    city: str,
    browser: Browser,  # noqa: F811
    people: dict[str, Employee],
) -> None:
    make.client("Ромашка", people[Role.CSM], inn="7707083893", city="Омск")
    asked(browser, asked(browser, dropped(browser, GOOD), "check", **FORM, file_wins=choice), "load")
    assert Client.objects.get().city == city


def test_what_a_file_is_can_be_said(browser: Browser) -> None:  # noqa: F811
    upload = SimpleUploadedFile("a.csv", "Клиент;Дата;Сумма\nА;01.02.2026;1\n".encode())
    browser.post(reverse("imports:intake-list"), {"files": upload, "kind": "clients"})
    assert Intake.objects.get().kind == "clients"


@pytest.mark.parametrize(
    ("name", "text", "kind"),
    [
        ("a.csv", "Номер;Дата;Клиент;Сумма\n1;01.02.2026;А;1\n", "orders"),
        ("a.csv", "Номер;Дата;Клиент\n1;01.02.2026;А\n", "orders"),
        ("a.csv", "Клиент;Телефон;E-mail\nА;8 921 555-00-12;\n", "clients"),
        ("a.csv", "Company;INN;City;Contact person;Phone\nA;;;;\n", "clients"),
        ("a.xml", EXCHANGE.replace("windows-1251", "utf-8"), "clients"),
        ("a.xml", "<КоммерческаяИнформация><Документ><Номер>1</Номер></Документ></КоммерческаяИнформация>", "orders"),
    ],
)
def test_it_tells_what_a_file_is(name: str, text: str, kind: str, browser: Browser) -> None:  # noqa: F811
    browser.post(reverse("imports:intake-list"), {"files": SimpleUploadedFile(name, text.encode())})
    assert Intake.objects.get().kind == kind


def test_a_workbook_with_english_captions_is_understood(browser: Browser, tmp_path: Path) -> None:  # noqa: F811
    path = files.xlsx(tmp_path / "a.xlsx", ["A", 7707083893, "a@a.ru"], head="Company;INN;Email")
    browser.post(reverse("imports:intake-list"), {"files": SimpleUploadedFile(path.name, path.read_bytes())})
    assert Intake.objects.get().mapping["columns"] == {"client": "Company", "inn": "INN", "email": "Email"}


def test_mappings_of_one_kind_are_not_offered_to_the_other(browser: Browser) -> None:  # noqa: F811
    intake = asked(browser, dropped(browser, GOOD), "check", **FORM, save_as="firms")
    assert (ColumnMap.objects.get().kind, intake.mapping["name"]) == ("clients", "firms")
    html = page(browser, dropped(browser, GOOD, "next.csv"))
    assert "firms" in html
    assert "Битрикс24, компании" in html
    assert "firms" not in page(browser, dropped(browser, "Номер;Дата;Клиент;Сумма\n1;01.02.2026;А;1\n"))


def test_it_refuses_columns_that_name_no_client(browser: Browser) -> None:  # noqa: F811
    intake = dropped(browser, GOOD)
    only = {"source_name": "Ф", "column-2": "city"}
    answer = browser.post(reverse("imports:intake-check", args=[intake.pk]), only)
    assert answer.status_code == 422
    assert "No column is known as: Client" in answer.content.decode()


def test_who_sees_own_clients_only_brings_no_clients(
    browser_of: Callable[[str], Browser], people: dict[str, Employee], today: date
) -> None:
    """An import would find, tell of and change anybody's clients."""
    operator = browser_of(Role.OPERATOR)
    url = reverse("imports:intake-list")
    assert "clients" not in [name for name, _title in operator.get(url).context["kinds"]]
    for kind in ("", "clients"):
        answer = operator.post(url, {"files": SimpleUploadedFile("clients.csv", GOOD.encode()), "kind": kind})
        assert answer.status_code == 422
        assert "brought by those who see all" in answer.content.decode()
    assert not Intake.objects.exists()

"""An import on the page: dropped, mapped, checked, loaded, taken back."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clients.models import Client, Shipment
from salescrm.base import jobs
from salescrm.base.models import ColumnMap, Intake, IntakeState, Notification
from staff.access import Role
from staff.models import Employee
from tests.intake import files

pytestmark = pytest.mark.django_db
GOOD = "Номер;Дата;Контрагент;Склад;Сумма\n1;01.02.2026;Ромашка;Юг;10\n2;02.02.2026;Лютик;Юг;20,50\n"
BAD = GOOD + "3;31.02.2026;Лютик;Юг;1\n"
COLUMNS = {"column-0": "number", "column-1": "day", "column-2": "client", "column-3": "", "column-4": "amount"}
FORM = {"source_name": "1С", "numbering": "year", **COLUMNS}


def dropped(browser: Browser, text: str = GOOD, name: str = "orders.csv") -> Intake:
    """Drop a file and return its import."""
    upload = SimpleUploadedFile(name, text.encode())
    answer = browser.post(reverse("imports:intake-list"), {"files": upload})
    assert answer.status_code == 302
    return Intake.objects.latest("pk")


def asked(browser: Browser, intake: Intake, step: str, **form: str) -> Intake:
    """Press a button of the import and do the job it starts."""
    answer = browser.post(reverse(f"imports:intake-{step}", args=[intake.pk]), form)
    assert answer.status_code == 302, answer.content.decode()
    intake.refresh_from_db()
    if intake.job_id:
        jobs.work(intake.job_id)
    intake.refresh_from_db()
    return intake


@pytest.fixture
def browser(browser_of: Callable[[str], Browser]) -> Browser:
    Employee.objects.filter(role=Role.HOS).update(language="en")
    return browser_of(Role.HOS)


def page(browser: Browser, intake: Intake, query: str = "") -> str:
    return browser.get(reverse("imports:intake-card", args=[intake.pk]) + query).content.decode()


def test_it_shows_the_columns_it_knows_and_the_first_rows(browser: Browser) -> None:
    html = page(browser, dropped(browser))
    assert "4 of 5 known" in html
    assert "windows-1251" not in html
    assert "UTF-8" in html
    assert all(cell in html for cell in ("Ромашка", "20,50", "Склад"))


def test_it_goes_from_the_file_to_the_base_and_back(browser: Browser, people: dict[str, Employee]) -> None:
    intake = dropped(browser)
    intake = asked(browser, intake, "check", **FORM)
    assert intake.state == IntakeState.CHECKED
    assert Client.objects.count() == 0
    assert "New documents" in page(browser, intake)
    intake = asked(browser, intake, "load")
    assert intake.state == IntakeState.DONE
    assert sorted(Client.objects.values_list("name", flat=True)) == ["Лютик", "Ромашка"]
    assert Shipment.objects.filter(intake=intake).count() == 2
    told = Notification.objects.filter(person=people[Role.HOS], kind="import")
    assert told.count() == 2
    intake = asked(browser, intake, "undo")
    assert intake.state == IntakeState.UNDONE
    assert (Client.objects.count(), Shipment.objects.count()) == (0, 0)
    assert "The base is as it was before this import" in page(browser, intake)


def test_it_shows_bad_cells_and_loads_good_rows_only_when_told(browser: Browser) -> None:
    intake = asked(browser, dropped(browser, BAD), "check", **FORM)
    html = page(browser, intake)
    assert "31.02.2026" in html
    assert "there is no such day" in html
    assert asked(browser, intake, "load").state == IntakeState.CHECKED
    report = browser.get(reverse("imports:intake-report", args=[intake.pk, "csv"])).content.decode("utf-8-sig")
    assert report.splitlines()[1] == "orders.csv;4;Дата;31.02.2026;there is no such day"
    workbook = browser.get(reverse("imports:intake-report", args=[intake.pk, "xlsx"]))
    assert workbook.content.startswith(b"PK")
    assert asked(browser, intake, "load", skip_bad="1").state == IntakeState.DONE
    assert Shipment.objects.count() == 2


def test_it_says_why_a_file_is_not_taken_and_keeps_nothing(browser: Browser, settings: Any) -> None:
    before = set(Path(settings.MEDIA_ROOT).rglob("*.import"))
    answer = browser.post(reverse("imports:intake-list"), {"files": SimpleUploadedFile("a.csv", b"\x89PNG\r\n\x1a\n")})
    assert answer.status_code == 422
    assert "This is not a table." in answer.content.decode()
    assert Intake.objects.count() == 0
    assert set(Path(settings.MEDIA_ROOT).rglob("*.import")) == before


@pytest.mark.parametrize("form", ["csv.gz", "xlsx", "xml"])
def test_it_takes_every_form_of_file(form: str, browser: Browser, tmp_path: Path) -> None:
    path = tmp_path / f"a.{form}"
    if form == "csv.gz":
        path.write_bytes(gzip.compress(GOOD.encode()))
    elif form == "xlsx":
        files.xlsx(path, ["1", "01.02.2026", "Ромашка", "Чай", 1, 1, 10])
    else:
        text = "<КоммерческаяИнформация><Документ><Номер>1</Номер><Дата>2026-02-01</Дата><Сумма>5</Сумма>"
        path.write_text(f"{text}</Документ></КоммерческаяИнформация>", encoding="utf-8")
    browser.post(reverse("imports:intake-list"), {"files": SimpleUploadedFile(path.name, path.read_bytes())})
    assert "2026" in page(browser, Intake.objects.get())


def test_it_refuses_two_columns_for_one_field_and_keeps_what_was_chosen(browser: Browser) -> None:
    intake = dropped(browser)
    answer = browser.post(reverse("imports:intake-check", args=[intake.pk]), FORM | {"column-3": "client"})
    assert answer.status_code == 422
    assert "is chosen already" in answer.content.decode()
    intake.refresh_from_db()
    assert intake.state == IntakeState.NEW


def test_it_understands_the_next_file_by_a_saved_mapping(browser: Browser) -> None:
    asked(browser, dropped(browser), "check", **FORM, save_as="sklad")
    assert ColumnMap.objects.get().name == "sklad"
    assert dropped(browser, GOOD, "next.csv").mapping["name"] == "sklad"


def test_it_comes_back_to_the_columns_with_the_reason_when_the_check_refuses(browser: Browser) -> None:
    text = "Дата;Контрагент;Сумма\n13/02/2026;А;1\n02/14/2026;А;1\n"
    form = {"source_name": "1С", "numbering": "year", "column-0": "day", "column-1": "client", "column-2": "amount"}
    intake = asked(browser, dropped(browser, text), "check", **form)
    assert intake.state == IntakeState.NEW
    assert "02/14/2026" in page(browser, intake)


def test_it_stops_when_the_person_says_so(browser: Browser) -> None:
    intake = asked(browser, dropped(browser), "check", **FORM)
    browser.post(reverse("imports:intake-load", args=[intake.pk]))
    browser.post(reverse("imports:intake-stop", args=[intake.pk]))
    intake.refresh_from_db()
    assert intake.job_id is not None
    assert "every 1s" in page(browser, intake)
    jobs.work(intake.job_id)
    intake.refresh_from_db()
    assert intake.state == IntakeState.REFUSED
    assert Client.objects.count() == 0


def test_it_answers_progress_and_asks_the_page_to_load_anew_at_the_end(browser: Browser) -> None:
    intake = dropped(browser)
    browser.post(reverse("imports:intake-check", args=[intake.pk]), FORM)
    url = reverse("imports:intake-progress", args=[intake.pk])
    assert "In the queue" in browser.get(url).content.decode()
    intake.refresh_from_db()
    assert intake.job_id is not None
    jobs.work(intake.job_id)
    answer = browser.get(url)
    assert (answer.status_code, answer.headers["HX-Refresh"]) == (204, "true")


def test_it_joins_names_from_files_dropped_together(browser: Browser) -> None:
    sales = "SalesOrderNumber|OrderDate|ProductKey|ResellerKey|EmployeeKey|SalesTerritoryKey|Quantity|Unit Price"
    sales += "|Sales|Cost\r\n"
    sales += "SO1|2017/08/25|1|7|9|4|2|5|10|1\r\n"
    uploads = [
        SimpleUploadedFile("Sales.csv", sales.encode()),
        SimpleUploadedFile(
            "Reseller.csv", b"ResellerKey|Reseller|City|State-Province\r\n7|Bikes|Alhambra|California\r\n"
        ),
    ]
    browser.post(reverse("imports:intake-list"), {"files": uploads})
    intake = Intake.objects.get()
    assert intake.file_name == "Sales.csv"
    assert "Bikes" in page(browser, intake)


@pytest.mark.parametrize("rows", [3, 30])
def test_the_list_asks_the_same_questions_whatever_its_length(
    rows: int, browser: Browser, people: dict[str, Employee]
) -> None:
    Intake.objects.bulk_create(
        [Intake(kind="orders", file_name=f"{n}.csv", created_by=people[Role.HOS], state="done") for n in range(rows)]
    )
    browser.get(reverse("imports:intake-list"))
    with CaptureQueriesContext(
        connection,
    ) as queries:
        answer = browser.get(reverse("imports:intake-list"))
    assert f"{rows - 1}.csv" in answer.content.decode()
    assert len(queries) <= 10  # who asks, the page, its rows, their number

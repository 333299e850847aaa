"""Invoices and payments by files: once, by the client's code, INN or name; bad rows told; taken back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client as Browser
from django.urls import reverse
from django.utils import translation

from clients.intake import command
from clients.intake.undo import undo
from clients.models import Client, Standing
from deals.invoices.intake import INVOICES, PAYMENTS
from deals.invoices.models import Invoice, Payment, PaymentPart
from salescrm.base import jobs
from salescrm.base.jobs import Refused
from salescrm.base.models import Intake
from staff.access import Role
from staff.models import Employee
from tests import make
from tests.intake.files import csv, xlsx
from tests.invoices.scene import approve, ask, pay, speak, sums

pytestmark = pytest.mark.django_db
People = dict[str, Employee]
HEAD = "Номер счета;Дата;Код клиента;ИНН;Контрагент;Сумма;Назначение"
PAID = "Номер пп;Дата оплаты;Контрагент;Сумма;По счету"
INN = "7707083893"


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def client(people: People, today: date) -> Client:
    return make.client("Принт-Хаус", people[Role.CSM], inn=INN)


def load(path: Path, kind: Any = INVOICES, **options: Any) -> dict[str, Any]:
    return command.run([path], kind=kind, **options)


def loaded(path: Path, *rows: str, kind: Any = INVOICES, head: str = HEAD) -> Intake:
    told = load(csv(path, *rows, head=head), kind)
    assert told["refused"] == "", told
    return Intake.objects.latest("pk")


def held() -> list[Any]:
    return [list(model.objects.order_by("pk").values_list()) for model in (Invoice, Payment, PaymentPart)] + [
        dict(Standing.objects.values_list("client__name", "debt"))
    ]


def test_a_client_is_found_by_code_by_inn_or_by_name(client: Client, tmp_path: Path, people: People) -> None:
    make.source("files")
    client.legal_entities.get().codes.create(source=make.source("files"), code="007")
    loaded(
        tmp_path / "a.csv", f"1;14.07.2026;;{INN};;100,50;Баннеры", "2;14.07.2026;;;принт-хаус;200;",
        "3;14.07.2026;007;;Как угодно;300;",
    )  # fmt: skip
    assert sums() == {"1": (100, 0), "2": (200, 0), "3": (300, 0)}
    first = Invoice.objects.get(number="1")
    assert (first.amount, first.subject, first.valid_until, first.responsible, first.author, first.is_of_new) == (
        Decimal("100.50"), "Баннеры", date(2026, 7, 20), people[Role.CSM], None, True,
    )  # fmt: skip
    assert Standing.objects.get(client=client).debt == Decimal("600.50")


def test_the_same_file_twice_changes_nothing(client: Client, tmp_path: Path) -> None:
    rows = ("1;14.07.2026;;;Принт-Хаус;100;", "1;14.07.2025;;;Принт-Хаус;70;")  # numbers begin anew with the year
    loaded(tmp_path / "a.csv", *rows)
    loaded(tmp_path / "p.csv", "7;15.07.2026;Принт-Хаус;60;1", kind=PAYMENTS, head=PAID)
    before = held()
    told = load(csv(tmp_path / "b.csv", *rows, head=HEAD))
    assert (told["new"], told["unchanged"], told["errors"]) == (0, 2, 0)
    told = load(csv(tmp_path / "q.csv", "7;15.07.2026;Принт-Хаус;60;1", head=PAID), PAYMENTS)
    assert (told["new"], told["unchanged"]) == (0, 1)
    assert held() == before


def test_a_workbook_is_read_as_a_table_is(client: Client, tmp_path: Path) -> None:
    path = xlsx(tmp_path / "a.xlsx", ["15", date(2026, 7, 14), "Принт-Хаус", 99.9], head="Номер;Дата;Клиент;Сумма")
    assert load(path)["new"] == 1
    assert Invoice.objects.get().amount == Decimal("99.90")


@pytest.mark.parametrize(
    ("row", "field", "reason"),
    [
        ("1;14.07.2026;;;Никто;100;", "client", "the base has no such client"),
        ("1;14.07.2026;;;;100;", "client", "empty"),
        (";14.07.2026;;;Принт-Хаус;100;", "number", "empty"),
        ("1;;;;Принт-Хаус;100;", "day", "empty"),
        ("1;14.07.2026;;;Принт-Хаус;;", "amount", "empty"),
        ("1;14.07.2026;;;Принт-Хаус;0;", "amount", "not above zero"),
        ("1;14.07.2026;;;Принт-Хаус;-5;", "amount", "not above zero"),
        ("0;14.07.2026;;;Принт-Хаус;5;", "number", "an earlier row has the same document"),
        ("9;14.07.2026;;;Принт-Хаус;6;", "amount", "the base has this document with another client, date or amount"),
        ("9;15.07.2026;;;Принт-Хаус;5;", "amount", "the base has this document with another client, date or amount"),
    ],
)
def test_a_bad_row_is_told_and_nothing_is_loaded(
    client: Client, tmp_path: Path, row: str, field: str, reason: str
) -> None:
    loaded(tmp_path / "z.csv", "9;14.07.2026;;;Принт-Хаус;5;")
    before = held()
    path = csv(tmp_path / "a.csv", "0;14.07.2026;;;Принт-Хаус;1;", row, head=HEAD)
    told = load(path)
    assert told["errors"] == 1
    assert reason in told["refused"]
    assert held() == before
    good = load(path, skip_bad=True)
    assert (good["new"], good["errors"]) == (1, 1)


def test_a_dry_run_says_what_would_be_and_changes_nothing(client: Client, tmp_path: Path) -> None:
    before = held()
    told = load(csv(tmp_path / "a.csv", "1;14.07.2026;;;Принт-Хаус;100;", head=HEAD), dry_run=True)
    assert (told["new"], told["errors"]) == (1, 0)
    assert held() == before


def test_payments_pay_what_they_name_and_the_oldest(client: Client, tmp_path: Path) -> None:
    loaded(tmp_path / "a.csv", "1;13.07.2026;;;Принт-Хаус;100;", "2;14.07.2026;;;Принт-Хаус;100;")
    loaded(
        tmp_path / "p.csv", "7;15.07.2026;Принт-Хаус;60;2", "8;15.07.2026;Принт-Хаус;70;",
        "9;15.07.2026;Принт-Хаус;500;", kind=PAYMENTS, head=PAID,
    )  # fmt: skip
    assert sums() == {"1": (100, 100), "2": (100, 100)}
    assert Standing.objects.get(client=client).debt == 0


def test_deferrals_and_advances_hold_for_what_a_file_brings(client: Client, tmp_path: Path, people: People) -> None:
    csm = people[Role.CSM]
    pay(client, csm, 30)
    approve(ask(client, csm, limit=Decimal(150)), people[Role.HOS])
    loaded(tmp_path / "a.csv", *(f"{n};14.07.2026;;;Принт-Хаус;100;" for n in (1, 2)))
    assert [one.valid_until for one in Invoice.objects.order_by("pk")] == [date(2026, 7, 28), date(2026, 7, 20)]
    assert sums() == {"1": (100, 30), "2": (100, 0)}


def test_an_undone_import_leaves_what_was_there(client: Client, tmp_path: Path, people: People) -> None:
    pay(client, people[Role.CSM], 30)
    before = held()
    intake = loaded(tmp_path / "a.csv", "1;14.07.2026;;;Принт-Хаус;100;")
    second = loaded(tmp_path / "p.csv", "7;15.07.2026;Принт-Хаус;60;1", kind=PAYMENTS, head=PAID)
    assert sums() == {"1": (100, 90)}
    undo(second.pk, by=None)
    assert sums() == {"1": (100, 30)}
    undo(intake.pk, by=None)
    assert held() == before


def test_what_people_worked_on_is_not_taken_back(client: Client, tmp_path: Path, people: People) -> None:
    intake = loaded(tmp_path / "a.csv", "1;14.07.2026;;;Принт-Хаус;100;")
    speak(list(Invoice.objects.all()), people[Role.CSM])
    with pytest.raises(Refused, match="Something was built on this import"):
        undo(intake.pk, by=None)
    assert sums() == {"1": (100, 0)}


def test_the_statements_do_not_grow_with_the_rows(client: Client, tmp_path: Path) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    counts = []
    for at, upto in enumerate((range(3), range(3, 40))):
        path = csv(tmp_path / f"{at}.csv", *(f"{n};14.07.2026;;;Принт-Хаус;10;" for n in upto), head=HEAD)
        with CaptureQueriesContext(connection) as asked:
            load(path)
        counts.append(len(asked))
    assert counts[0] >= counts[1]


def test_the_wizard_brings_invoices_where_the_person_says_so(
    client: Client, browser_of: Callable[[str], Browser]
) -> None:
    Employee.objects.filter(role=Role.HOS).update(language="en")
    browser = browser_of(Role.HOS)
    text = f"{HEAD}\n1;14.07.2026;;;Принт-Хаус;100;\n"
    upload = SimpleUploadedFile("счета.csv", text.encode())
    assert browser.post(reverse("imports:intake-list"), {"files": upload, "kind": "invoices"}).status_code == 302
    intake = Intake.objects.latest("pk")
    card = reverse("imports:intake-card", args=[intake.pk])
    form = browser.get(card).context["form"]
    data = {field.name: field.value() or "" for field in form.columns()} | {"source_name": "1С"}
    for step, given in (("check", data), ("load", {})):
        answer = browser.post(reverse(f"imports:intake-{step}", args=[intake.pk]), given)
        assert answer.status_code == 302, answer.content.decode()
        intake.refresh_from_db()
        assert intake.job_id
        jobs.work(intake.job_id)
        assert browser.get(card).status_code == 200
    assert sums() == {"1": (100, 0)}
    assert "Invoices are in the base" in browser.get(card).content.decode()
    browser.post(reverse("imports:intake-undo", args=[intake.pk]))
    intake.refresh_from_db()
    assert intake.job_id
    jobs.work(intake.job_id)
    assert Invoice.objects.count() == 0

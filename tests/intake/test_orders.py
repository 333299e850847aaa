"""What a file of orders does to the base: identity of documents and clients, owners, money, nothing twice."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from clients.models import (
    Category,
    Client,
    ExternalCode,
    LegalEntity,
    Ownership,
    Product,
    Shipment,
    ShipmentLine,
    Standing,
    TouchedMonth,
)
from salescrm.base import reference
from staff.access import Role
from staff.models import Branch, Employee
from tests import make
from tests.intake import files

pytestmark = pytest.mark.django_db
UNCHANGED = {"new": 0, "changed": 0, "unchanged": 1}
A, B = "1;05.02.2026;Ромашка;Чай;2;10;20", "1;05.02.2026;Ромашка;Кофе;1;5;5"


def mapping(path: Path, text: str) -> str:
    """Write a mapping file."""
    path.write_text(text, encoding="utf-8")
    return str(path)


def lines() -> list[tuple[int, str, Decimal]]:
    """Position, product and amount of every line."""
    ordered = ShipmentLine.objects.order_by("shipment_id", "position")
    return list(ordered.values_list("position", "product__code", "amount"))


def touched() -> set[tuple[str, date]]:
    return set(TouchedMonth.objects.values_list("legal_entity__name", "month"))


def test_it_takes_a_file_with_nothing_but_client_date_and_amount(tmp_path: Path) -> None:
    path = files.csv(tmp_path / "a.csv", "Ромашка;05.02.2026;10,50", "Лютик;2026-02-06;20", head="Клиент;Дата;Сумма")
    result = files.load(path)
    assert result["documents"] == {"new": 2, "changed": 0, "unchanged": 0}
    assert (result["clients_created"], result["lines"], result["rows_read"]) == (2, 2, 2)
    assert set(Shipment.objects.values_list("legal_entity__name", "day", "total", "number")) == {
        ("Ромашка", date(2026, 2, 5), Decimal("10.5000"), ""),
        ("Лютик", date(2026, 2, 6), Decimal("20.0000"), ""),
    }
    assert touched() == {("Ромашка", date(2026, 2, 1)), ("Лютик", date(2026, 2, 1))}


def test_it_changes_nothing_the_second_time(tmp_path: Path) -> None:
    path = files.csv(tmp_path / "a.csv", A, B)
    files.load(path)
    before = files.held()
    assert files.load(path)["documents"] == UNCHANGED
    assert files.held() == before


def test_it_changes_what_differs_and_removes_lines_no_longer_there(tmp_path: Path) -> None:
    files.load(files.csv(tmp_path / "a.csv", A, B, "2;07.03.2026;Лютик;Чай;1;10;10"))
    TouchedMonth.objects.all().delete()
    kept = ShipmentLine.objects.filter(shipment__number="2").get().pk
    result = files.load(files.csv(tmp_path / "b.csv", "1;01.03.2026;Ромашка;Чай;3;10;30"))
    assert result["documents"] == {"new": 0, "changed": 1, "unchanged": 0}
    assert lines() == [(1, "Чай", Decimal(30)), (1, "Чай", Decimal(10))]
    assert touched() == {("Ромашка", date(2026, 2, 1)), ("Ромашка", date(2026, 3, 1))}
    assert ShipmentLine.objects.filter(shipment__number="2").get().pk == kept


def test_it_keeps_a_line_equal_to_another(tmp_path: Path) -> None:
    files.load(files.csv(tmp_path / "a.csv", A, A, B))
    assert lines() == [(1, "Чай", Decimal(20)), (2, "Чай", Decimal(20)), (3, "Кофе", Decimal(5))]
    assert Shipment.objects.get().total == Decimal(45)


@pytest.mark.parametrize(("numbering", "documents"), [("year", 2), ("month", 3), ("none", 1)])
def test_it_tells_documents_apart_by_number_and_its_period(numbering: str, documents: int, tmp_path: Path) -> None:
    rows = ["7;31.12.2025;Ромашка;Чай;1;1;1", "7;01.01.2026;Ромашка;Чай;1;1;1", "7;01.02.2026;Ромашка;Чай;1;1;1"]
    named = mapping(
        tmp_path / "m.yaml",
        f"numbering: {numbering}\ncolumns: {{number: Номер, day: Дата, client: Контрагент, amount: Сумма}}",
    )
    path = files.csv(tmp_path / "a.csv", *rows)
    result = files.load(path, mapping=named, skip_bad=True)
    assert result["documents"]["new"] == documents
    if documents > 1:
        assert files.load(path, mapping=named, skip_bad=True)["documents"]["unchanged"] == documents


def test_it_refuses_rows_that_contradict_their_document(tmp_path: Path) -> None:
    rows = (A, "1;06.02.2026;Ромашка;Чай;1;1;1", "1;05.02.2026;Лютик;Чай;1;1;1")
    result = files.load(files.csv(tmp_path / "a.csv", *rows))
    report = Path(result["error_report"]).read_text(encoding="utf-8-sig").splitlines()
    assert [line.split(";")[1:3] for line in report[1:]] == [["3", "Дата"], ["4", "Контрагент"]]
    assert Shipment.objects.count() == 0


class TestDocumentsWithoutNumbers:
    HEAD = "Клиент;Дата;Сумма"

    @pytest.fixture
    def second(self, tmp_path: Path) -> Path:
        files.load(files.csv(tmp_path / "a.csv", "Ромашка;05.02.2026;10", head=self.HEAD))
        return files.csv(tmp_path / "b.csv", "Ромашка;05.02.2026;7", "Лютик;05.02.2026;1", head=self.HEAD)

    def test_it_refuses_another_amount_of_the_same_client_and_day(self, second: Path) -> None:
        before = files.held()
        assert "The base has other amounts of Ромашка on 2026-02-05 (row 2" in files.load(second)["refused"]
        assert files.held() == before

    def test_it_replaces_when_told(self, second: Path) -> None:
        assert files.load(second, same_day="replace")["documents"] == {"new": 1, "changed": 1, "unchanged": 0}
        assert Shipment.objects.get(legal_entity__name="Ромашка").total == Decimal(7)

    def test_it_adds_when_told(self, second: Path) -> None:
        files.load(second, same_day="add")
        shipment = Shipment.objects.get(legal_entity__name="Ромашка")
        assert shipment.total == Decimal(17)
        assert [line[2] for line in lines() if line[2] != 1] == [Decimal(10), Decimal(7)]


class TestClients:
    HEAD = "Номер;Дата;Код клиента;Клиент;ИНН;КПП;Сумма"

    def load(self, path: Path, *rows: str, **options: Any) -> dict[str, Any]:
        return files.load(files.csv(path / "a.csv", *rows, head=self.HEAD), **options)

    def test_it_finds_them_by_code_whatever_the_name(self, tmp_path: Path) -> None:
        self.load(tmp_path, "1;05.02.2026;77;Ромашка;;;1")
        assert self.load(tmp_path, "2;06.02.2026;77;ООО Ромашка Плюс;;;1")["clients_created"] == 0
        assert Client.objects.get().name == "Ромашка"

    def test_it_finds_them_by_inn_and_kpp_and_learns_the_code(self, tmp_path: Path) -> None:
        self.load(tmp_path, "1;05.02.2026;;Ромашка;7707083893;780501001;1")
        assert self.load(tmp_path, "2;06.02.2026;77;Другое имя;7707083893;780501001;1")["clients_created"] == 0
        assert self.load(tmp_path, "3;07.02.2026;77;Третье имя;;;1")["clients_created"] == 0
        assert self.load(tmp_path, "4;07.02.2026;;Филиал;7707083893;780502001;1")["clients_created"] == 1

    def test_it_finds_them_by_name_only_when_told(self, people: dict[str, Employee], tmp_path: Path) -> None:
        known = make.client("ООО «Ромашка»", people[Role.CSM], code="old")
        LegalEntity.objects.update(name_key="romashka")
        columns = "columns: {number: Номер, day: Дата, client: Клиент, amount: Сумма}"
        never = mapping(tmp_path / "a.yaml", columns)
        by_name = mapping(tmp_path / "b.yaml", f"match_names: true\n{columns}")
        assert self.load(tmp_path, "1;05.02.2026;;РОМАШКА, ООО;;;1", mapping=by_name)["clients_created"] == 0
        assert Shipment.objects.get().legal_entity.client == known
        assert self.load(tmp_path, "2;05.02.2026;;Ромашка ООО;;;1", mapping=never)["clients_created"] == 1

    def test_it_finds_the_survivor_of_joined_clients(self, people: dict[str, Employee], tmp_path: Path) -> None:
        self.load(tmp_path, "1;05.02.2026;77;Ромашка;;;1")
        survivor = make.client("Холдинг", people[Role.CSM])
        LegalEntity.objects.filter(name="Ромашка").update(client=survivor)
        assert self.load(tmp_path, "2;06.02.2026;77;Ромашка;;;1")["clients_created"] == 0
        assert Shipment.objects.of_client(survivor).count() == 2

    def test_it_makes_one_client_of_one_inn_written_under_two_codes(self, tmp_path: Path) -> None:
        rows = ("1;05.02.2026;77;Ромашка;7707083893;;1", "2;03.02.2026;78;Ромашка-2;7707083893;;1")
        assert self.load(tmp_path, *rows)["clients_created"] == 1
        assert set(ExternalCode.objects.values_list("code", flat=True)) == {"77", "78"}
        assert Client.objects.get().owned_from == date(2026, 2, 3)

    @pytest.mark.parametrize(
        ("inn", "reason"),
        [("770708389", "an INN has 10 or 12 digits"), ("7707083894", "the check digits of the INN are wrong")],
    )
    def test_it_reports_a_wrong_inn(self, inn: str, reason: str, tmp_path: Path) -> None:
        result = self.load(tmp_path, f"1;05.02.2026;77;Ромашка;{inn};;1")
        assert reason in result["refused"]
        assert Client.objects.count() == 0


class TestOwners:
    HEAD = "Номер;Дата;Клиент;Менеджер;Филиал;Сумма"

    def load(self, path: Path, *rows: str, **options: Any) -> dict[str, Any]:
        return files.load(files.csv(path / "a.csv", *rows, head=self.HEAD), **options)

    def test_it_gives_a_new_client_to_the_salesperson_of_its_first_document(self, tmp_path: Path) -> None:
        rows = ("1;09.02.2026;Ромашка;Пётр Орлов;;1", "2;05.02.2026;Ромашка;Сидорова Анна Ивановна;;1")
        result = self.load(tmp_path, *rows)
        owner = Ownership.objects.select_related("owner", "client").get()
        person = owner.owner
        assert (person.first_name, person.last_name, person.patronymic) == ("Анна", "Сидорова", "Ивановна")
        assert (owner.starts_on, owner.client.owned_from, owner.reason) == (date(2026, 2, 5), date(2026, 2, 5), "first")
        assert Standing.objects.get().life_cycle == "potential"
        assert result["employees_created"] == 3  # two salespeople and the service row
        person = Employee.objects.get(last_name="Орлов")
        assert (person.role, person.has_usable_password(), person.branch.code) == (Role.NONE, False, "head")

    def test_it_leaves_room_for_the_reference_rows(self, tmp_path: Path) -> None:
        self.load(tmp_path, "1;05.02.2026;Ромашка;;;1")
        reference.load()
        assert Branch.objects.get(is_head_office=True).code == "spb"

    def test_it_knows_people_by_name_in_either_order(self, people: dict[str, Employee], tmp_path: Path) -> None:
        Employee.objects.filter(role=Role.CSM).update(first_name="Анна", last_name="Сидорова", patronymic="Ивановна")
        names = ("Сидорова Анна Ивановна", "Анна Сидорова", "сидорова анна")
        rows = [f"{n};05.02.2026;Клиент {n};{name};;1" for n, name in enumerate(names)]
        assert self.load(tmp_path, *rows)["employees_created"] == 0
        assert set(Ownership.objects.values_list("owner__role", flat=True)) == {Role.CSM}

    def test_it_gives_the_others_to_the_head_of_their_branch(self, people: dict[str, Employee], tmp_path: Path) -> None:
        omsk = Branch.objects.create(code="omsk", name="Омск")
        head = make.employee("head_omsk", Role.BRANCH_HEAD, branch=omsk)
        self.load(tmp_path, "1;05.02.2026;Ромашка;;Омск;1", "2;05.02.2026;Лютик;;;1")
        owners = dict(Ownership.objects.values_list("client__name", "owner__username"))
        assert owners == {"Ромашка": head.username, "Лютик": "branch_head"}
        assert Client.objects.get(name="Ромашка").branch == omsk

    def test_it_leaves_the_owner_of_a_known_client_alone(self, people: dict[str, Employee], tmp_path: Path) -> None:
        self.load(tmp_path, "1;05.02.2026;Ромашка;;;1")
        before = list(Ownership.objects.values_list())
        self.load(tmp_path, "2;01.01.2026;Ромашка;Пётр Орлов;;1")
        assert list(Ownership.objects.values_list()) == before


class TestMoney:
    def test_it_multiplies_price_and_quantity_exactly(self, tmp_path: Path) -> None:
        head = "Номер;Дата;Клиент;Цена;Кол-во"
        path = files.csv(tmp_path / "a.csv", "1;05.02.2026;А;0.1;3", "1;05.02.2026;А;1.005;0.1", head=head)
        files.load(path)
        assert Shipment.objects.get().total == Decimal("0.4005")

    def test_it_takes_another_currency_at_its_rate_only(self, tmp_path: Path) -> None:
        head = "Номер;Дата;Клиент;Сумма;Валюта;Курс"
        assert "no rate" in files.load(files.csv(tmp_path / "a.csv", "1;05.02.2026;А;10;USD;", head=head))["refused"]
        files.load(files.csv(tmp_path / "a.csv", "1;05.02.2026;А;10;USD;91,5", "2;05.02.2026;А;10;руб;", head=head))
        assert set(Shipment.objects.values_list("total", "currency", "rate")) == {
            (Decimal(915), "USD", Decimal("91.5")),
            (Decimal(10), "", Decimal(1)),
        }

    def test_it_books_returns_as_negative_documents(self, tmp_path: Path) -> None:
        head = "Номер;Дата;Клиент;Вид операции;Сумма"
        rows = ("1;05.02.2026;А;Реализация;10", "2;05.02.2026;А;Возврат от покупателя;4")
        path = files.csv(tmp_path / "a.csv", *rows, head=head)
        files.load(path)
        assert dict(Shipment.objects.values_list("number", "total")) == {"1": Decimal(10), "2": Decimal(-4)}

    def test_it_never_mixes_vat(self, tmp_path: Path) -> None:
        text = "vat_included: {}\nsource: {{code: {}, name: X}}\n"
        text += "columns: {{day: Дата, client: Контрагент, amount: Сумма}}"
        path = files.csv(tmp_path / "a.csv", A)
        files.load(path, mapping=mapping(tmp_path / "a.yaml", text.format("false", "x")))
        result = files.load(path, mapping=mapping(tmp_path / "b.yaml", text.format("true", "y")))
        assert result["refused"].endswith("They are never mixed.")

    def test_it_takes_dates_of_the_future(self, tmp_path: Path) -> None:
        assert files.load(files.csv(tmp_path / "a.csv", "1;05.02.2099;А;Чай;1;1;1"))["documents"]["new"] == 1


def test_a_dry_run_says_what_the_run_does_and_changes_nothing(tmp_path: Path) -> None:
    files.load(files.csv(tmp_path / "a.csv", A, B))
    path, before = files.csv(tmp_path / "b.csv", A, "2;05.02.2026;Лютик;Чай;1;1;1"), files.held()
    trial = files.load(path, dry_run=True)
    assert files.held() == before
    real = files.load(path)
    assert {key: value for key, value in trial.items() if key not in ("seconds", "dry_run")} == {
        key: value for key, value in real.items() if key not in ("seconds", "dry_run")
    }


def test_it_makes_products_and_categories_once(tmp_path: Path) -> None:
    head = "Номер;Дата;Клиент;Артикул;Товар;Группа;Сумма"
    rows = ("1;05.02.2026;А;7;Чай чёрный;Чай;1", "2;05.02.2026;А;7;Чай;Чай;1", "3;05.02.2026;А;8;Кофе;Кофе;1")
    files.load(files.csv(tmp_path / "a.csv", *rows, head=head))
    files.load(files.csv(tmp_path / "b.csv", "4;05.02.2026;А;7;Чай иной;Чай;1", head=head))
    products = set(Product.objects.values_list("code", "name", "category__name"))
    assert products == {("7", "Чай", "Чай"), ("8", "Кофе", "Кофе")}
    assert Category.objects.count() == 2


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1251", "utf-16"])
@pytest.mark.parametrize("separator", [";", ",", "\t", "|"])
def test_it_finds_out_encoding_and_separator(encoding: str, separator: str, tmp_path: Path) -> None:
    rows = [row.replace(";", separator) for row in (A, B)]
    path = files.csv(tmp_path / "a.csv", *rows, head=files.HEAD.replace(";", separator), encoding=encoding)
    assert files.load(path)["refused"] == ""
    assert Client.objects.get().name == "Ромашка"


def test_it_reads_latin_letters_of_the_west(tmp_path: Path) -> None:
    path = files.csv(tmp_path / "a.csv", "Café Müller;2026-02-05;10", head="Client;Date;Amount", encoding="latin-1")
    files.load(path)
    assert Client.objects.get().name == "Café Müller"


def test_it_finds_the_heading_below_a_title(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(f"Отчёт о продажах;;;;;;\nза февраль;;;;;;\n\n{files.HEAD}\n{A}\n", encoding="cp1251")
    assert files.load(path)["documents"]["new"] == 1


def test_it_reads_a_workbook_exactly(tmp_path: Path) -> None:
    path = files.xlsx(tmp_path / "a.xlsx", [1, date(2026, 2, 5), "Ромашка", "Чай", 3, 0.1, 1234.56])
    files.load(path)
    assert Shipment.objects.values_list("number", "day", "total").get() == ("1", date(2026, 2, 5), Decimal("1234.56"))


def test_its_statements_do_not_grow_with_the_rows(tmp_path: Path) -> None:
    def statements(rows: int) -> int:
        text = [f"{n};05.02.2026;Клиент {n} {rows};Товар {n};1;1;1" for n in range(rows)]
        with CaptureQueriesContext(connection) as queries:
            files.load(files.csv(tmp_path / "a.csv", *text))
        return len(queries)

    statements(2)
    assert statements(3) == statements(300)

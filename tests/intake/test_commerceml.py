"""Orders of 1C as they really look: versions, name spaces, missing ids, cancelled and returned ones."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from clients.intake import counterparties
from clients.models import Category, LegalEntity, Shipment, ShipmentLine
from tests.intake import files

pytestmark = pytest.mark.django_db
GOODS = "<Товары>{}</Товары>"
LINE = (
    "<Товар><Ид>{0}</Ид><Наименование>{0}</Наименование><ЦенаЗаЕдиницу>10</ЦенаЗаЕдиницу><Количество>2</Количество>"
    "<Сумма>{1}</Сумма></Товар>"
)
BUYER = (
    "<Контрагенты><Контрагент><Ид>п</Ид><Наименование>Мы</Наименование><Роль>Продавец</Роль></Контрагент>"
    "<Контрагент><Ид>к-7</Ид><Наименование>Ромашка</Наименование><ОфициальноеНаименование>ООО Ромашка"
    "</ОфициальноеНаименование><ИНН>7707083893</ИНН><КПП>773601001</КПП><Роль>Покупатель</Роль></Контрагент></Контрагенты>"
)


def document(number: str, *lines: str, head: str = "", requisites: str = "") -> str:
    box = f"<ЗначенияРеквизитов>{requisites}</ЗначенияРеквизитов>" if requisites else ""
    total = "<Валюта>RUB</Валюта><Курс>1</Курс><Сумма>55</Сумма>"
    goods = GOODS.format("".join(lines)) if lines else ""
    return f"<Документ>{head}<Номер>{number}</Номер><Дата>2026-02-05</Дата>{total}{BUYER}{goods}{box}</Документ>"


def requisite(name: str, value: str) -> str:
    return f"<ЗначениеРеквизита><Наименование>{name}</Наименование><Значение>{value}</Значение></ЗначениеРеквизита>"


def exchange(path: Path, *documents: str, version: str = "2.08", encoding: str = "utf-8", space: str = "") -> Path:
    text = f'<?xml version="1.0" encoding="{encoding}"?>\n'
    text += f'<КоммерческаяИнформация {space} ВерсияСхемы="{version}">{"".join(documents)}</КоммерческаяИнформация>'
    path.write_bytes(text.encode(encoding))
    return path


def totals() -> dict[str, Decimal]:
    return dict(Shipment.objects.values_list("number", "total"))


@pytest.mark.parametrize(
    ("version", "encoding", "space"),
    [
        ("2.05", "windows-1251", ""),
        ("2.09", "utf-8", 'xmlns="urn:1C.ru:commerceml_2"'),
        ("3.1", "utf-8-sig", 'xmlns="urn:1C.ru:commerceml_3"'),
    ],
)
def test_it_reads_every_version(version: str, encoding: str, space: str, tmp_path: Path) -> None:
    text = document("1", LINE.format("Чай", "20"), LINE.format("Кофе", "35.50"))
    text = f"<Контейнер>{text}</Контейнер>" if version == "3.1" else text
    path = exchange(tmp_path / "a.xml", text, version=version, encoding=encoding, space=space)
    if encoding == "utf-8-sig":
        path.write_bytes(path.read_bytes().replace(b'encoding="utf-8-sig"', b'encoding="UTF-8"'))
    assert files.load(path)["refused"] == ""
    assert totals() == {"1": Decimal("55.50")}
    entity = LegalEntity.objects.get()
    assert (entity.name, entity.inn, entity.kpp) == ("ООО Ромашка", "7707083893", "773601001")
    assert Shipment.objects.get().source.code == "1c"


def test_it_knows_documents_by_their_id_and_without_one_by_number_and_year(tmp_path: Path) -> None:
    lines = LINE.format("Чай", "20")
    first = exchange(tmp_path / "a.xml", document("1", lines, head="<Ид>guid-1</Ид>"), document("2", lines))
    files.load(first)
    renumbered = document("1-К", lines, head="<Ид>guid-1</Ид>")
    again = document("2", lines).replace("2026-02-05", "2027-02-05")
    result = files.load(exchange(tmp_path / "b.xml", renumbered, again))
    assert result["documents"] == {"new": 1, "changed": 1, "unchanged": 0}
    assert sorted(Shipment.objects.values_list("number", "period")) == [("1-К", 2026), ("2", 2026), ("2", 2027)]


def test_it_counts_cancelled_orders_as_nothing_and_returns_as_negative(tmp_path: Path) -> None:
    lines = LINE.format("Чай", "20")
    path = exchange(
        tmp_path / "a.xml",
        document("1", lines, requisites=requisite("Отменен", "true")),
        document("2", lines, requisites=requisite("Статус заказа", "Отменён")),
        document("3", lines, requisites=requisite("СтатусЗаказа", "[N] Принят")),
        document("4", lines, head="<ХозОперация>Возврат товара</ХозОперация>"),
        document("5", lines, requisites=requisite("ПометкаУдаления", "true")),
    )
    files.load(path)
    assert totals() == {"1": Decimal(0), "2": Decimal(0), "3": Decimal(20), "4": Decimal(-20), "5": Decimal(0)}


def test_an_order_cancelled_later_stops_counting(tmp_path: Path) -> None:
    lines = LINE.format("Чай", "20")
    files.load(exchange(tmp_path / "a.xml", document("1", lines)))
    cancelled = document("1", lines, requisites=requisite("Отменен", "true"))
    assert files.load(exchange(tmp_path / "b.xml", cancelled))["documents"]["changed"] == 1
    assert totals() == {"1": Decimal(0)}


def test_it_takes_the_sum_of_a_document_without_goods(tmp_path: Path) -> None:
    files.load(exchange(tmp_path / "a.xml", document("1")))
    assert totals() == {"1": Decimal(55)}
    assert ShipmentLine.objects.get().product is None


def test_it_keeps_salespeople_and_groups_of_goods(tmp_path: Path) -> None:
    line = LINE.format("Чай", "20").replace("</Товар>", "<Группы><Наименование>Чаи</Наименование></Группы></Товар>")
    files.load(exchange(tmp_path / "a.xml", document("1", line, requisites=requisite("Менеджер", "Анна Соколова"))))
    assert Category.objects.get().name == "Чаи"
    assert str(Shipment.objects.get().salesperson) == "Анна Соколова"


@pytest.mark.parametrize(
    ("parts", "are_in"),
    [
        ((document("1"),), False),
        ((BUYER,), True),
        ((BUYER, document("1")), True),
        ((document("1"), BUYER), False),  # it is not read to its end to find out
        ((), False),
    ],
)
def test_the_first_order_or_counterparty_tells_what_a_file_holds(
    tmp_path: Path, parts: tuple[str, ...], are_in: bool
) -> None:
    assert counterparties.are_in(exchange(tmp_path / "exchange.xml", *parts)) is are_in

"""Clients, legal entities and people from files: who is found, what is filled, what is refused."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext

from clients.intake import command
from clients.intake.firms import CLIENTS
from clients.intake.undo import undo
from clients.models import (
    Client,
    Communication,
    Contact,
    ContactPoint,
    ExternalCode,
    LegalEntity,
    Ownership,
    Segment,
    Source,
    Sphere,
    Standing,
)
from clients.typology import questionnaire
from salescrm.base.models import Intake
from staff.access import Role
from staff.models import Employee
from tests import make
from tests.clients import types
from tests.intake import files
from tests.needs import shared

pytestmark = pytest.mark.django_db
INN, OTHER_INN = "7707083893", "7736050003"
KPP = "773601001"
HEAD = "Код;Клиент;ИНН;КПП;Город;Контактное лицо;Телефон;E-mail"
LABELS = (
    *("clients.Client", "clients.LegalEntity", "clients.ExternalCode", "clients.Source", "clients.Ownership"),
    *("clients.Standing", "clients.Contact", "clients.ContactPoint", "clients.Communication", "clients.IntakeRow"),
    *("staff.Employee", "staff.Branch"),
)


def held() -> dict[str, list[tuple[Any, ...]]]:
    """Everything an import of clients could change, row for row."""
    return {label: sorted(apps.get_model(label)._default_manager.values_list(), key=repr) for label in LABELS}


def load(*paths: Path, **options: Any) -> dict[str, Any]:
    """Import files as the command does."""
    return command.run(list(paths), kind=CLIENTS, **options)


def loaded(path: Path, *rows: str, head: str = HEAD, **options: Any) -> dict[str, Any]:
    """Import rows that must go in."""
    said = load(files.csv(path, *rows, head=head), **options)
    assert said["refused"] == ""
    return said


def bad(path: Path, *rows: str, head: str = HEAD, **options: Any) -> list[tuple[str, str, str, str]]:
    """Import rows that must be refused; return (row, column, value, reason) of the bad cells."""
    before = held()
    said = load(files.csv(path, *rows, head=head), **options)
    assert said["refused"]
    assert held() == before
    report = Path(said["error_report"]).read_text(encoding="utf-8-sig").splitlines()[1:]
    return [tuple(line.split(";")[1:]) for line in report]  # type: ignore[misc]


def test_it_makes_clients_with_everything_that_belongs_to_them(
    tmp_path: Path, people: dict[str, Employee], today: date
) -> None:
    said = loaded(
        tmp_path / "a.csv", f"7;ООО Ромашка;{INN};{KPP};Тверь;Анна Ким;8 921 555-00-12, 8 921 555-00-13;A@Kim.ru"
    )
    client = Client.objects.get()
    assert (client.name, client.city, client.created_on, client.owned_from) == ("ООО Ромашка", "Тверь", today, today)
    entity = LegalEntity.objects.get()
    assert (entity.name, entity.inn, entity.kpp, entity.client_id) == ("ООО Ромашка", INN, KPP, client.pk)
    assert (ExternalCode.objects.get().code, ExternalCode.objects.get().legal_entity) == ("7", entity)
    assert Ownership.objects.get().owner == people[Role.BRANCH_HEAD]
    assert (Standing.objects.get().life_cycle, Standing.objects.get().life_cycle_since) == ("potential", today)
    contact = Contact.objects.get()
    assert (contact.name, contact.client, contact.verified_on) == ("Анна Ким", client, None)
    points = set(ContactPoint.objects.values_list("kind", "value_key", "contact"))
    assert points == {
        ("phone", "+79215550012", contact.pk),
        ("phone", "+79215550013", contact.pk),
        ("email", "a@kim.ru", contact.pk),
    }
    names = ("clients_created", "contacts_created", "points_created", "changed", "unchanged", "errors")
    assert [said[name] for name in names] == [1, 1, 3, 0, 0, 0]


def test_the_same_file_twice_changes_nothing(tmp_path: Path, people: dict[str, Employee]) -> None:
    head = f"{HEAD};Комментарий;Сайт"
    rows = [
        f"7;Ромашка;{INN};{KPP};Тверь;Анна Ким;8 921 555-00-12;a@kim.ru;Платят вовремя;romashka.ru",
        ";Лютик;;;;Пётр;;p@l.ru;;",
        f"7;Ромашка;{INN};{KPP};;Олег;8 921 555-00-12;;Платят вовремя;",
        f";;{OTHER_INN};;Омск;;;;;",
        f"8;Мак;{OTHER_INN};;;;;;;",
    ]
    for file_wins in (False, True):
        loaded(tmp_path / "a.csv", *rows, head=head, file_wins=file_wins)
        before = held()
        said = loaded(tmp_path / "a.csv", *rows, head=head, file_wins=file_wins)
        assert held() == before
        assert (said["clients_created"], said["changed"], said["contacts_created"]) == (0, 0, 0)
        assert (said["points_created"], said["notes_created"]) == (0, 0)
    assert sorted(Client.objects.values_list("name", flat=True)) == ["Лютик", "Мак", "Ромашка"]
    note = Communication.objects.get()
    assert (note.text, note.kind, note.author.username) == ("Платят вовремя", "note", "import")


@pytest.mark.parametrize(
    ("row", "match_names", "found"),
    [
        ("7;Иное;;;Омск;;;", False, True),
        (f"99;Иное;{INN};{KPP};Омск;;;", False, True),
        (f"99;Иное;{INN};;Омск;;;", False, True),
        (f"99;Иное;{INN};773601999;Омск;;;", False, False),
        ("99;ООО «Ромашка»;;;Омск;;;", False, False),
        ("99;ООО «Ромашка»;;;Омск;;;", True, True),
        (";ромашка;;;Омск;;;", True, True),
        (";Ромашки;;;Омск;;;", True, False),
        ("99;Иное;;;Омск;;;", True, False),
    ],
)
def test_it_finds_a_client_by_code_then_inn_then_name_if_told(
    row: str, match_names: bool, found: bool, tmp_path: Path, people: dict[str, Employee]
) -> None:
    client = make.client("Ромашка", people[Role.CSM], inn=INN)
    LegalEntity.objects.update(kpp=KPP)
    ExternalCode.objects.update(code="7")
    mapping = tmp_path / "m.yaml"
    columns = "{code: Код, client: Клиент, inn: ИНН, kpp: КПП, city: Город}"
    mapping.write_text(
        f"source: {{code: 1c, name: 1C}}\nmatch_names: {str(match_names).lower()}\ncolumns: {columns}", encoding="utf-8"
    )
    loaded(tmp_path / "a.csv", row, mapping=str(mapping))
    client.refresh_from_db()
    assert (client.city, client.name) == ("Омск" if found else "", "Ромашка")
    assert Client.objects.count() == (1 if found else 2)


def test_it_fills_a_missing_kpp_of_the_only_legal_entity_with_the_inn(
    tmp_path: Path, people: dict[str, Employee]
) -> None:
    make.client("Ромашка", people[Role.CSM], inn=INN)
    loaded(tmp_path / "a.csv", f";Иное;{INN};{KPP};;;;")
    assert list(LegalEntity.objects.values_list("inn", "kpp")) == [(INN, KPP)]


def test_it_fills_empty_fields_only_unless_the_file_wins(tmp_path: Path, people: dict[str, Employee]) -> None:
    client = make.client("Ромашка", people[Role.CSM], code="name:Ромашка", city="Тверь")
    contact = make.contact(client, "Анна Ким", position="директор")
    Source.objects.update(code="files")
    head = "Клиент;Город;Регион;Адрес;ФИО;Должность;Роль;Дата рождения;Ответственный"
    row = "Ромашка;Омск;Сибирь;Мира, 1;Анна Ким;закупщик;принимает решение;05.04.1980;hos"
    loaded(tmp_path / "a.csv", row, head=head)
    client.refresh_from_db()
    contact.refresh_from_db()
    assert (client.city, client.region, client.address) == ("Тверь", "Сибирь", "Мира, 1")
    assert (contact.position, contact.role, contact.birthday) == ("директор", "decides", date(1980, 4, 5))
    loaded(tmp_path / "a.csv", row, head=head, file_wins=True)
    client.refresh_from_db()
    contact.refresh_from_db()
    assert (client.city, contact.position) == ("Омск", "закупщик")
    assert Ownership.objects.get().owner == people[Role.CSM]  # a file gives nobody's client to another
    assert [event.city for event in client.events.order_by("pgh_id")] == ["Тверь", "Тверь", "Омск"]  # type: ignore[attr-defined]


def test_it_knows_types_branches_and_owners_by_code_and_name(tmp_path: Path, people: dict[str, Employee]) -> None:
    sphere = Sphere.objects.create(code="trade", name="Торговля")
    segment = Segment.objects.create(code="shops", name="Магазины одежды", name_en="Clothes shops", sphere=sphere)
    branch = make.branch("msk", name="Москва")
    people[Role.CSM].first_name, people[Role.CSM].last_name = "Анна", "Ким"
    people[Role.CSM].save()
    head = "Клиент;Тип;Филиал;Ответственный"
    rows = ["А;shops;msk;Ким Анна", "Б;магазины одежды;МОСКВА;csm", "В;Clothes shops;;Никто", "Г;;;"]
    said = loaded(tmp_path / "a.csv", *rows, head=head)
    found = {
        one.name: (one.segment, one.branch, Ownership.objects.get(client=one).owner) for one in Client.objects.all()
    }
    home, head_of_branch = people[Role.CSM].branch, people[Role.BRANCH_HEAD]
    msk_owner = people[Role.CSM]
    assert found == {
        "А": (segment, branch, msk_owner),
        "Б": (segment, branch, msk_owner),
        "В": (segment, home, head_of_branch),
        "Г": (None, home, head_of_branch),
    }
    assert said["errors"] == 0
    assert Intake.objects.get().counts["owners_unknown"] == 1


@pytest.mark.parametrize(
    ("head", "row", "column", "reason"),
    [
        (HEAD, "1;А;7707083894;;;;;", "ИНН", "the check digits of the INN are wrong"),
        (HEAD, "1;А;77;;;;;", "ИНН", "an INN has 10 or 12 digits"),
        (HEAD, f"1;А;{INN};12;;;;", "КПП", "a KPP has 9 characters"),
        (HEAD, f"1;А;;{KPP};;;;", "КПП", "a KPP without an INN"),
        (HEAD, "1;А;;;;Анна;;anna", "E-mail", "This is no e-mail address."),
        (HEAD, "1;А;;;;Анна;123;", "Телефон", "This is no phone number: look at the code and the number of figures."),
        (HEAD, "1;А;;;;Анна;нет;", "Телефон", "This is no phone number."),
        (HEAD, "1;!!!;;;;;;", "Клиент", "not a name"),
        (HEAD, "1;;;;;;;", "Клиент", "the base has no such client, and a new one needs a name"),
        (HEAD, ";;;;Тверь;Анна;;", "Клиент", "empty"),
        ("Клиент;Филиал", "А;Луна", "Филиал", "there is no such branch"),
        ("Клиент;Тип", "А;Лунатики", "Тип", "not a type of the typology"),
        ("Клиент;ФИО;Роль", "А;Анна;смотрит", "Роль", "not a part in a decision"),
        ("Клиент;ФИО;Дата рождения", "А;Анна;31.02.1980", "Дата рождения", "there is no such day"),
        ("Клиент;ФИО;Должность", "А;;директор", "ФИО", "a contact has a name"),
        ("Клиент;Сайт", "А;не сайт", "Сайт", "This is no site."),
        ("Клиент;Город", "А;" + "й" * 101, "Город", "longer than 100 characters"),
    ],
)
def test_it_names_row_column_value_and_reason_of_a_bad_cell(
    head: str, row: str, column: str, reason: str, tmp_path: Path, people: dict[str, Employee]
) -> None:
    first = "9;Хорошая" + ";" * (head.count(";") - 1) if head == HEAD else "Хорошая" + ";" * head.count(";")
    found = bad(tmp_path / "a.csv", first, row, head=head)
    assert [(line, caption, why) for line, caption, _value, why in found] == [("3", column, reason)]
    said = loaded(tmp_path / "a.csv", first, row, head=head, skip_bad=True)
    assert (said["clients_created"], said["errors"]) == (1, 1)
    assert Client.objects.get().name == "Хорошая"


def test_it_refuses_rows_of_one_code_that_contradict_each_other(tmp_path: Path, people: dict[str, Employee]) -> None:
    rows = ["7;Ромашка;;;Тверь;;;", "7;РОМАШКА;;;;Анна;;", "7;Лютик;;;Омск;;;"]
    why = "differs from an earlier row of the same client"
    assert bad(tmp_path / "a.csv", *rows) == [("4", "Город", "Омск", why), ("4", "Клиент", "Лютик", why)]


def test_it_refuses_an_inn_that_another_client_has(tmp_path: Path, people: dict[str, Employee]) -> None:
    make.client("Ромашка", people[Role.CSM], code="7")
    make.client("Лютик", people[Role.CSM], inn=INN)
    Source.objects.update(code="files")
    found = bad(tmp_path / "a.csv", f"7;Ромашка;{INN};;;;;")
    assert found == [("2", "ИНН", INN, "another client of the base has this INN")]


def test_a_contact_is_found_in_its_client_alone(tmp_path: Path, people: dict[str, Employee]) -> None:
    rows = ["1;А;;;;Анна Ким;;", "2;Б;;;;Анна Ким;;", "1;А;;;;анна  ким;;a@a.ru", "1;А;;;;;;info@a.ru"]
    loaded(tmp_path / "a.csv", *rows)
    assert sorted(Contact.objects.values_list("client__name", "name")) == [("А", "Анна Ким"), ("Б", "Анна Ким")]
    points = set(ContactPoint.objects.values_list("value_key", "contact__name", "client__name"))
    assert points == {("a@a.ru", "Анна Ким", "А"), ("info@a.ru", None, "А")}


@pytest.mark.parametrize(
    ("phones", "emails", "found"),
    [
        ("8 (812) 555-00-12", "", {"+78125550012"}),
        ("8 (812) 555-00-12, доб. 15", "", {"+78125550012x15"}),
        ("8 812 555-00-12; 8 921 555-00-12;", "", {"+78125550012", "+79215550012"}),
        ("8 812 555-00-12,8 812 555 00 12", "", {"+78125550012"}),
        ("", "A@a.ru, b@b.ru c@c.ru.", {"a@a.ru", "b@b.ru", "c@c.ru"}),
    ],
)
def test_it_parts_several_values_of_one_cell(
    phones: str, emails: str, found: set[str], tmp_path: Path, people: dict[str, Employee]
) -> None:
    loaded(tmp_path / "a.csv", f'1;А;;;;Анна;"{phones}";"{emails}"')
    assert set(ContactPoint.objects.values_list("value_key", flat=True)) == found


def test_a_dry_run_changes_nothing_and_says_what_would_be(tmp_path: Path, people: dict[str, Employee]) -> None:
    before = held()
    said = load(files.csv(tmp_path / "a.csv", "1;А;;;;Анна;;", head=HEAD), dry_run=True)
    assert (said["clients_created"], said["contacts_created"], said["refused"]) == (1, 1, "")
    assert held() == before
    assert Intake.objects.count() == 0


def test_companies_of_bitrix24_come_in_by_the_captions_of_its_export(
    tmp_path: Path, people: dict[str, Employee]
) -> None:
    header = (shared() / "data/ru_bitrix24_headers/company_export_header.csv").read_text(encoding="utf-8-sig").strip()
    captions = [caption.strip('"') for caption in header.split(";")]

    def row(**cells: str) -> str:
        return (
            ";".join(f'"{cells.get(caption.replace(" ", "_").replace("-", "_"), "")}"' for caption in captions[:-1])
            + ";"
        )

    rows = [
        row(
            ID="17",
            Название_компании="ООО Принт",
            Рабочий_телефон="8 (812) 555-00-12, 8 921 555-00-12",
            Рабочий_e_mail="info@print.ru",
            Корпоративный_сайт="https://www.print.ru/",
            Ответственный="Testov Csm",
            Комментарий="Любят образцы",
        ),
        row(),
        row(Рабочий_телефон="8 812 555 00 13"),
        row(ID="18", Название_компании="Лютик"),
    ]
    path = tmp_path / "COMPANY.csv"
    path.write_text("\n".join([header, *rows, ""]), encoding="utf-8-sig")
    said = load(path)
    assert (said["refused"], said["clients_created"], said["left_out"]) == ("", 2, 1)
    assert Source.objects.get().code == "bitrix24"
    client = ExternalCode.objects.get(code="17").legal_entity.client
    assert Ownership.objects.get(client=client).owner == people[Role.CSM]
    assert not client.points.filter(contact__isnull=False).exists()
    assert sorted(client.points.values_list("kind", "value_key")) == [
        ("email", "info@print.ru"),
        ("phone", "+78125550012"),
        ("phone", "+79215550012"),
        ("site", "print.ru"),
    ]
    assert Communication.objects.get().text == "Любят образцы"
    before = held()
    load(path)
    assert held() == before


BITRIX = "ID;Название компании;Тип компании"


def test_the_type_of_bitrix24_is_kept_as_the_old_type_and_speaks_for_a_new_one(
    tmp_path: Path, people: dict[str, Employee]
) -> None:
    known = types.make_types()
    path = tmp_path / "c.csv"
    loaded(path, "1;А;old1", "2;Б;Поставщик", "3;В;OLD2", "4;Г;", head=BITRIX)
    assert Intake.objects.get().counts["old_types_unknown"] == 1
    clients = {one.name: one for one in Client.objects.select_related("legacy_type")}
    legacy = {name: one.legacy_type.number if one.legacy_type else None for name, one in clients.items()}
    assert legacy == {"А": 1, "Б": None, "В": 2, "Г": None}
    assert [questionnaire.of_client(clients[name]).suggested for name in "АБ"] == [known.segments["shop"], None]


@pytest.mark.parametrize(("file_wins", "kept"), [(False, ["old-1", "old-2"]), (True, ["old-2", "old-2"])])
def test_a_second_file_fills_an_old_type_and_undo_takes_it_back(
    file_wins: bool, kept: list[str], tmp_path: Path, people: dict[str, Employee]
) -> None:
    types.make_types()
    loaded(tmp_path / "a.csv", "1;А;OLD1", "2;Б;", head=BITRIX)
    before = held()
    loaded(tmp_path / "b.csv", "1;А;OLD2", "2;Б;OLD2", head=BITRIX, file_wins=file_wins)
    assert list(Client.objects.order_by("name").values_list("legacy_type__code", flat=True)) == kept
    undo(Intake.objects.latest("pk").pk, by=None)
    assert held() == before


POTENTIALS = "Код клиента;Клиент;Потенциал"


def potentials() -> dict[str, str]:
    """Return the old potential of every client by its name."""
    return dict(Client.objects.values_list("name", "legacy_potential"))


def test_an_old_potential_is_read_in_either_alphabet(tmp_path: Path, people: dict[str, Employee]) -> None:
    loaded(tmp_path / "a.csv", "1;Один;A", "2;Два;с", "3;Три;", "4;Четыре; E ", head=POTENTIALS)
    assert potentials() == {"Один": "A", "Два": "C", "Три": "", "Четыре": "E"}


@pytest.mark.parametrize("letter", ["F", "AB", "1", "Б"])
def test_what_is_no_old_potential_is_told(letter: str, tmp_path: Path, people: dict[str, Employee]) -> None:
    ((_row, column, value, _reason),) = bad(tmp_path / "a.csv", f"1;Один;{letter}", head=POTENTIALS)
    assert (column, value) == ("Потенциал", letter)


@pytest.mark.parametrize(("file_wins", "kept"), [(False, ["A", "B"]), (True, ["C", "B"])])
def test_a_second_file_fills_an_old_potential_and_undo_takes_it_back(
    file_wins: bool, kept: list[str], tmp_path: Path, people: dict[str, Employee]
) -> None:
    loaded(tmp_path / "a.csv", "1;Один;A", "2;Два;", head=POTENTIALS)
    before = held()
    loaded(tmp_path / "b.csv", "1;Один;C", "2;Два;B", head=POTENTIALS, file_wins=file_wins)
    assert [potentials()[name] for name in ("Один", "Два")] == kept
    undo(Intake.objects.latest("pk").pk, by=None)
    assert held() == before


def test_an_old_potential_changes_nothing_else_of_a_client(tmp_path: Path, people: dict[str, Employee]) -> None:
    """R71: information only; whatever hangs on the client, its terms of payment too, stays as it was."""
    loaded(tmp_path / "a.csv", "1;Один;A", head=POTENTIALS)
    fields = [one.attname for one in Client._meta.concrete_fields if one.attname != "legacy_potential"]
    before = list(Client.objects.values(*fields)), list(Standing.objects.values())
    loaded(tmp_path / "b.csv", "1;Один;E", head=POTENTIALS, file_wins=True)
    assert potentials() == {"Один": "E"}
    assert (list(Client.objects.values(*fields)), list(Standing.objects.values())) == before


@pytest.mark.parametrize("with_id", [True, False])
def test_contacts_of_bitrix24_go_to_their_companies(with_id: bool, tmp_path: Path, people: dict[str, Employee]) -> None:
    loaded(tmp_path / "c.csv", "17;ООО Принт;Клиент", "18;Лютик;", head="ID;Название компании;Тип компании")
    head = "ID;Имя;Фамилия;Отчество;Компания;Должность;Рабочий телефон;Мобильный телефон;Рабочий e-mail;Дата рождения"
    rows = [
        "1;Анна;Ким;;ООО Принт;директор;8 812 555-00-12;8 921 555-00-12;a@print.ru;05.04.1980",
        "2;Олег;Ли;Ильич;ООО Принт;;;;o@print.ru;",
        "3;Без;Компании;;;;;;;",
        "4;Вера;Мак;;Лютик;;;;;",
    ]
    if with_id:
        head += ";ID компании"
        rows = [f"{row};{'17' if 'Принт' in row else '18' if 'Лютик' in row else ''}" for row in rows]
    said = loaded(tmp_path / "k.csv", *rows, head=head)
    assert (said["clients_created"], said["contacts_created"], said["left_out"]) == (0, 3, 1)
    found = sorted(Contact.objects.values_list("client__name", "name", "position", "birthday"))
    assert found == [
        ("Лютик", "Мак Вера", "", None),
        ("ООО Принт", "Ким Анна", "директор", date(1980, 4, 5)),
        ("ООО Принт", "Ли Олег Ильич", "", None),
    ]
    assert Contact.objects.get(name="Ким Анна").points.count() == 3


EXCHANGE = """<?xml version="1.0" encoding="windows-1251"?>
<КоммерческаяИнформация ВерсияСхемы="2.08"><Контрагенты>
<Контрагент><Ид>к-7</Ид><Наименование>Ромашка</Наименование><ПолноеНаименование>ООО "Ромашка"</ПолноеНаименование>
<ИНН>7707083893</ИНН><КПП>773601001</КПП>
<АдресРегистрации><Представление>Тверь, Мира 1</Представление>
<АдресноеПоле><Тип>Город</Тип><Значение>Тверь</Значение></АдресноеПоле></АдресРегистрации>
<Контакты><Контакт><Тип>Телефон рабочий</Тип><Значение>8 482 255-00-12</Значение></Контакт>
<Контакт><Тип>Электронная почта</Тип><Значение>info@romashka.ru</Значение></Контакт></Контакты>
<Представители><Представитель><Контрагент><Отношение>Контактное лицо</Отношение><Ид>п-1</Ид>
<Наименование>Ким Анна</Наименование></Контрагент></Представитель>
<Представитель><Контрагент><Наименование>Ли Олег</Наименование></Контрагент></Представитель></Представители>
</Контрагент>
<Контрагент><Ид>к-8</Ид><Наименование>Лютик</Наименование><РеквизитыЮрЛица>
<ОфициальноеНаименование>ЗАО Лютик</ОфициальноеНаименование><ИНН>7736050003</ИНН></РеквизитыЮрЛица></Контрагент>
</Контрагенты></КоммерческаяИнформация>"""


def test_counterparties_of_1c_come_in_from_commerceml(tmp_path: Path, people: dict[str, Employee]) -> None:
    path = tmp_path / "a.xml"
    path.write_bytes(EXCHANGE.encode("cp1251"))
    for _time in (1, 2):
        said = load(path)
        assert said["refused"] == ""
    entities = sorted(LegalEntity.objects.values_list("client__name", "name", "inn", "kpp"))
    assert entities == [("Лютик", "ЗАО Лютик", OTHER_INN, ""), ("Ромашка", 'ООО "Ромашка"', INN, KPP)]
    client = Client.objects.get(name="Ромашка")
    assert (client.city, client.address) == ("Тверь", "Тверь, Мира 1")
    assert sorted(client.contacts.values_list("name", flat=True)) == ["Ким Анна", "Ли Олег"]
    assert not client.points.filter(contact__isnull=False).exists()
    assert sorted(client.points.values_list("value_key", flat=True)) == ["+74822550012", "info@romashka.ru"]
    assert sorted(ExternalCode.objects.values_list("source__code", "code")) == [("1c", "к-7"), ("1c", "к-8")]


def test_it_takes_as_many_statements_for_three_hundred_rows_as_for_three(
    tmp_path: Path, people: dict[str, Employee]
) -> None:
    counts = []
    for first, rows in ((0, 1), (1000, 3), (2000, 300)):
        lines = [f"{first + n};К{first + n};;;Тверь;Анна;;a{first + n}@a.ru" for n in range(rows)]
        path = files.csv(tmp_path / "a.csv", *lines, head=HEAD)
        with CaptureQueriesContext(connection) as queries:
            assert load(path)["refused"] == ""
        counts.append(len(queries))
    assert counts[1] == counts[2]  # the first made the source
    assert Client.objects.count() == 304


@pytest.mark.slow
def test_twenty_thousand_rows_come_in_whole_and_the_second_time_change_nothing(
    tmp_path: Path, people: dict[str, Employee]
) -> None:
    rows = [f"{n // 2};Клиент {n // 2};;;Тверь;Анна Ким {n};8 921 {n:07d};a{n}@a.ru" for n in range(20_000)]
    path = files.csv(tmp_path / "a.csv", *rows, head=HEAD)
    first = load(path)
    assert first["refused"] == ""
    assert (first["clients_created"], first["contacts_created"], first["points_created"]) == (10_000, 20_000, 40_000)
    second = load(path)
    assert (second["clients_created"], second["changed"], second["unchanged"]) == (0, 0, 10_000)

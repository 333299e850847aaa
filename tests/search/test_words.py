"""Words of names: kept right whatever is written, and slips put right by them without reading the names."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clients import find as finding
from clients import words
from clients.duplicates import joining
from clients.intake.undo import undo
from clients.models import Client, Contact, LegalEntity, NameWord, NewWord
from deals.dealing.models import Deal
from deals.models import Task
from salescrm.base import clock, names, sql
from salescrm.base.models import Intake
from staff.access import Role
from staff.models import Employee
from tests import make
from tests.intake import files

pytestmark = pytest.mark.django_db

Browsers = Callable[[str], Browser]
People = dict[str, Employee]
NAMES = {"client": Client, "entity": LegalEntity, "contact": Contact}


def kept() -> Counter[tuple[str, str]]:
    """What is kept and noted, without words nobody has any more."""
    found: Counter[tuple[str, str]] = Counter()
    for model in (NameWord, NewWord):
        for kind, word, number in model._default_manager.values_list("kind", "word", "names"):
            found[kind, word] += number
    return Counter({key: number for key, number in found.items() if number and key[0] in NAMES})


def there() -> Counter[tuple[str, str]]:
    """The same, counted over the names themselves."""
    found: Counter[tuple[str, str]] = Counter()
    for kind, model in NAMES.items():
        for key in model._default_manager.values_list("name_key", flat=True):
            plain = "".join(" " if letter.isdecimal() else letter for letter in key)
            found.update((kind, word) for word in plain.split(" ") if len(word) >= 3)
    return found


@pytest.fixture
def three(people: People) -> list[Client]:
    made = [make.client(name, people[Role.CSM]) for name in ("Принт-Хаус", "М5Групп Принт", "Янтарь 2000")]
    make.contact(made[0], "Волкова Анна")
    make.task("Позвонить о возврате", people[Role.CSM], due_on=date(2026, 7, 16), client=made[0])
    return made


def rename(three: list[Client], people: People) -> None:
    Client.objects.filter(pk=three[0].pk).update(name_key="print print dom")
    LegalEntity.objects.update(name_key="odno imya")


def write_the_same(three: list[Client], people: People) -> None:
    Client.objects.update(city="Псков")


def join(three: list[Client], people: People) -> None:
    given: dict[str, Any] = {"taken": {}, "submission": uuid4(), "acting_user": people[Role.HOS]}
    made = joining.join(kept=three[0].pk, joined=three[1].pk, today=clock.today(), now=clock.now(), **given)
    joining.undo(joining=made, acting_user=people[Role.HOS], today=clock.today())


def delete(three: list[Client], people: People) -> None:
    Contact.objects.all().delete()


@pytest.mark.parametrize("change", [rename, write_the_same, join, delete])
@pytest.mark.parametrize("when", ["before", "between", "never"])
def test_words_are_right_after_every_change(
    three: list[Client], people: People, change: Callable[[list[Client], People], None], when: str
) -> None:
    if when == "between":
        words.work_off()
    change(three, people)
    assert kept() == there()
    if when != "never":
        words.work_off()
        assert (kept(), NewWord.objects.count()) == (there(), 0)
    assert words.rebuild() == 0


def test_an_import_and_its_undo_keep_words_right(tmp_path: Path, people: People) -> None:
    before = kept()
    assert files.load(files.csv(tmp_path / "a.csv", "1;05.02.2026;Ромашка Сбыт;Чай;1;1;1"))["refused"] == ""
    assert (kept(), NewWord.objects.count()) == (there(), 0)
    assert kept()["client", "romashka"] == 1
    undo(Intake.objects.get().pk, by=None)
    assert kept() == there() == before


def test_words_written_past_the_triggers_are_found_again(three: list[Client]) -> None:
    words.work_off()
    NameWord.objects.filter(word="print").delete()
    NameWord.objects.create(kind="client", word="prizrak", names=7)
    assert words.rebuild() == 3  # of clients and of entities, and the one nobody has
    words.work_off()
    assert kept() == there()


def test_letters_are_found_in_names_whose_words_are_not_kept(browser_of: Browsers, three: list[Client]) -> None:
    NameWord.objects.all().delete()
    NewWord.objects.all().delete()
    assert titles(browser_of(Role.CSM), "принт")["Clients"] == ["Принт-Хаус", "М5Групп Принт"]


def kept_of(kind: str) -> dict[str, int]:
    words.work_off()
    return dict(NameWord.objects.filter(kind=kind).values_list("word", "names"))


def test_words_of_tasks_are_kept(three: list[Client], people: People) -> None:
    assert kept_of("task") == {"позвонить": 1, "возврате": 1}
    Task.objects.update(title="Отправить 2 каталога")
    assert kept_of("task") == {"отправить": 1, "каталога": 1}
    Task.objects.all().delete()
    assert kept_of("task") == {}


def test_words_of_deals_are_kept_and_slips_in_them_put_right(
    browser_of: Browsers, three: list[Client], people: People
) -> None:
    deal = make.deal(three[0], people[Role.CSM], date(2026, 7, 16), "Отгрузка кружек 2026")
    assert kept_of("deal") == {"отгрузка": 1, "кружек": 1}
    assert titles(browser_of(Role.CSM), "кружке")["Deals"] == ["Отгрузка кружек 2026"]
    Deal.objects.filter(pk=deal.pk).update(title="Кружки и майки")
    assert kept_of("deal") == {"кружки": 1, "майки": 1}


def titles(browser: Browser, typed: str) -> dict[str, list[str]]:
    groups = browser.get(reverse("search-palette"), {"q": typed}).context["groups"]
    return {str(group.title): [item.title for item in group.items] for group in groups}


@pytest.mark.parametrize("worked_off", [False, True])
@pytest.mark.parametrize(
    ("typed", "group", "first"),
    [
        ("кромашка", "Clients", "Ромашка Север"),
        ("ромашак", "Clients", "Ромашка Север"),
        ("ромашко", "Clients", "Ромашка Север"),
        ("hjvfrf", "Clients", "Ромашка Север"),
        ("текстль", "Clients", "Текстиль 0"),
        ("текстль ромашка", "Clients", "Ромашка Текстиль"),
        ("текстиль рамашка", "Clients", "Ромашка Текстиль"),
        ("тексиль рамашка", "Clients", "Ромашка Текстиль"),
        ("ntrcnkm hfvfirf", "Clients", "Ромашка Текстиль"),
        ("ромашкасевер", "Clients", "Ромашка Север"),
        ("текстль 7", "Clients", "Текстиль 0"),
        ("текстль 1017", "Clients", "Текстиль 1017"),
        ("вокова", "Contacts", "Волкова Анна"),
        ("волкова ана", "Contacts", "Волкова Анна"),
        ("возврта товара", "Tasks", "Возврат товара"),
        ("djpdhnf njdfhf", "Tasks", "Возврат товара"),
    ],
)
def test_a_slip_is_put_right(
    browser_of: Browsers, people: People, typed: str, group: str, first: str, worked_off: bool
) -> None:
    for name in ("Ромашка Север", "Ромашка Текстиль", *(f"Текстиль {n}" for n in (0, 1, 2, 1017))):
        made = make.client(name, people[Role.CSM])
    make.contact(made, "Волкова Анна")
    make.task("Возврат товара", people[Role.CSM], due_on=date(2026, 7, 16), client=made)
    if worked_off:
        words.work_off()
    assert titles(browser_of(Role.CSM), typed)[group][0] == first


@pytest.mark.parametrize("typed", ["зринт", "принд", "прит"])
def test_the_list_of_clients_puts_a_slip_right(browser_of: Browsers, three: list[Client], typed: str) -> None:
    content = browser_of(Role.CSM).get(reverse("clients:client-list"), {"q": typed}).content.decode()
    assert [name in content for name in ("Принт-Хаус", "М5Групп Принт", "Янтарь 2000")] == [True, True, False]


def test_a_rare_word_is_not_crowded_out_by_a_common_one(
    browser_of: Browsers, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(finding, "SLIPS", 3)
    for n in range(6):
        make.client(f"Волнас {n}", people[Role.BDM_KEY])
    make.client("Волна Восток", people[Role.BDM_KEY])
    make.client("Волнас свой", people[Role.CSM])
    found = titles(browser_of(Role.CSM), "волнаа")
    assert "Волна Восток" in found["Clients of others"]
    assert found["Clients"] == ["Волнас свой"]


def touched(plan: dict[str, Any]) -> int:
    """How many rows the scans of a plan looked at."""
    own = 0
    if "Relation Name" in plan:
        rows = sum(
            plan.get(key, 0) for key in ("Actual Rows", "Rows Removed by Filter", "Rows Removed by Index Recheck")
        )
        own = int(rows * plan["Actual Loops"])
    return own + sum(touched(part) for part in plan.get("Plans", []))


def explained(statement: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON)\n{statement}")
        (told,) = cursor.fetchone()
    return touched((json.loads(told) if isinstance(told, str) else told)[0]["Plan"])


@pytest.fixture
def crowd(people: People) -> int:
    """20,000 names that share most pieces of a slip, none of which is much like it; and one that is meant."""
    given = {"source_id": make.source().pk, "starts_on": date(2026, 1, 1), "clients": 20_000}
    owner = people[Role.BDM_KEY]
    sql.run("roof", "fill_bulk_clients", given | {"owner_ids": [owner.pk], "branch_ids": [owner.branch_id]})
    with connection.cursor() as cursor:
        for table in ("clients_client", "clients_legalentity"):
            cursor.execute(f"UPDATE {table} SET name_key = 'ramochka mashinka ' || id")
    make.client("Ромашка", people[Role.CSM])
    words.work_off()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return 20_000


@pytest.mark.parametrize("role", [Role.HOS, Role.CSM, Role.BDM_KEY])
def test_a_slip_does_not_read_all_names(browser_of: Browsers, crowd: int, role: str) -> None:
    browser = browser_of(role)
    with CaptureQueriesContext(connection) as queries:
        browser.get(reverse("search-palette"), {"q": "рамашка"})
    asked = [told["sql"].rpartition("true); ")[2] for told in queries.captured_queries]  # less what history notes
    asked = [statement for statement in asked if statement.startswith(("SELECT", "(SELECT", "-- Grain"))]
    assert max(map(explained, asked)) < 2_000
    finding.tolerate()
    compared = Client.objects.filter(name_key__trigram_word_similar=names.key("рамашка")).query
    text, parameters = compared.sql_with_params()
    with connection.cursor() as cursor:
        assert explained(cursor.mogrify(text, parameters).decode()) > crowd // 2

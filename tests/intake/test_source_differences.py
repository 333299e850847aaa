"""What an import finds different and leaves as it is: noted for the reconciliation, mended, taken back (R6)."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from clients.intake.undo import undo
from clients.models import Client, LegalEntity, SourceDifference
from salescrm.base.models import Intake
from staff.models import Employee
from tests import make
from tests.intake.test_clients import INN, KPP, OTHER_INN, loaded
from tests.intake.test_clients_undo import known

pytestmark = pytest.mark.django_db
HEAD = "Код;Клиент;ИНН;КПП;Город;Юрлицо;Филиал"

People = dict[str, Employee]


def differences() -> set[tuple[str, str, str]]:
    return set(SourceDifference.objects.values_list("field", "here", "there"))


@pytest.fixture
def client(people: People, today: date) -> Client:
    """Make a client the file knows by its code."""
    found = known(people)
    Client.objects.filter(pk=found.pk).update(city="Тверь")
    LegalEntity.objects.update(inn=INN, kpp=KPP)
    return found


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ("7;Ромашка;;;Тверь;;", set()),
        ("7;ООО «Ромашка»;;;ТВЕРЬ;;", set()),
        ("7;;;;;;", set()),
        ("7;Лютик;;;;;", {("name", "Ромашка", "Лютик")}),
        ("7;;;;Омск;Лютик;", {("city", "Тверь", "Омск"), ("legal_name", "Ромашка", "Лютик")}),
        (f"7;;{OTHER_INN};{KPP};;;", {("inn", INN, OTHER_INN)}),
        (f"7;;{INN};773601999;;;", {("kpp", KPP, "773601999")}),
        ("7;;;;;;MSK", {("branch", "SPB", "MSK")}),
        (f"8;Лютик;{OTHER_INN};;Омск;;", set()),
    ],
)
def test_it_notes_what_the_base_has_otherwise(
    row: str, expected: set[tuple[str, str, str]], tmp_path: Path, client: Client
) -> None:
    make.branch("msk")
    loaded(tmp_path / "a.csv", row, head=HEAD)
    assert differences() == expected
    assert {one.client for one in SourceDifference.objects.all()} <= {client}


def test_what_is_empty_here_is_filled_and_no_difference(tmp_path: Path, client: Client) -> None:
    Client.objects.update(city="")
    loaded(tmp_path / "a.csv", "7;;;;Омск;;", head=HEAD)
    client.refresh_from_db()
    assert (client.city, differences()) == ("Омск", set())


def test_where_the_file_wins_nothing_differs(tmp_path: Path, client: Client) -> None:
    loaded(tmp_path / "a.csv", "7;Лютик;;;Омск;;", head=HEAD)
    assert len(differences()) == 2
    loaded(tmp_path / "a.csv", "7;Лютик;;;Омск;;", head=HEAD, file_wins=True)
    assert differences() == set()


def test_the_same_file_twice_notes_it_once(tmp_path: Path, client: Client) -> None:
    def rows() -> list[dict[str, Any]]:
        return [dict(row) for row in SourceDifference.objects.order_by("pk").values()]

    loaded(tmp_path / "a.csv", "7;;;;Омск;;", head=HEAD)
    before = rows()
    loaded(tmp_path / "a.csv", "7;;;;Омск;;", head=HEAD)
    assert rows() == before
    loaded(tmp_path / "a.csv", "7;;;;Псков;;", head=HEAD)
    assert differences() == {("city", "Тверь", "Псков")}
    assert SourceDifference.objects.get().intake == Intake.objects.latest("pk")


def test_what_differs_no_more_is_forgotten_what_the_file_does_not_say_stays(tmp_path: Path, client: Client) -> None:
    loaded(tmp_path / "a.csv", "7;Лютик;;;Омск;;", head=HEAD)
    loaded(tmp_path / "a.csv", "7;;;;тверь;;", head=HEAD)
    assert differences() == {("name", "Ромашка", "Лютик")}


def test_a_check_notes_nothing(tmp_path: Path, client: Client) -> None:
    loaded(tmp_path / "a.csv", "7;;;;Омск;;", head=HEAD, dry_run=True)
    assert differences() == set()


def test_undo_takes_along_what_the_import_noted(tmp_path: Path, client: Client) -> None:
    loaded(tmp_path / "a.csv", "7;;;;Омск;;", head=HEAD)
    first = Intake.objects.latest("pk")
    loaded(tmp_path / "a.csv", "7;Лютик;;;Омск;;", head=HEAD)
    undo(Intake.objects.latest("pk").pk, by=None)
    assert differences() == {("city", "Тверь", "Омск")}
    undo(first.pk, by=None)
    assert differences() == set()


def test_a_client_goes_with_its_import_whatever_later_ones_noted_of_it(tmp_path: Path, people: People) -> None:
    loaded(tmp_path / "a.csv", "7;Ромашка;;;Тверь;;", head=HEAD)
    first = Intake.objects.latest("pk")
    loaded(tmp_path / "a.csv", "7;Ромашка;;;Омск;;", head=HEAD)
    assert differences() == {("city", "Тверь", "Омск")}
    undo(first.pk, by=None)
    assert (Client.objects.count(), differences()) == (0, set())

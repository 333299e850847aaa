"""Undo of an import: the base as it was, or a refusal that names what was built on it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from clients import ownership
from clients.intake.undo import undo
from clients.models import Client, LegalEntity, OwnershipReason, TouchedMonth
from salescrm.base.jobs import Refused
from salescrm.base.models import Intake, IntakeState
from segmentation.models import PurchaseDay
from staff.access import Role
from staff.models import Employee
from tests import make
from tests.intake import files

pytestmark = pytest.mark.django_db
FIRST = ("1;05.02.2026;Ромашка;Чай;2;10;20", "1;05.02.2026;Ромашка;Кофе;1;5;5", "2;06.02.2026;Лютик;Чай;1;1;1")
SECOND = ("1;06.03.2026;Ромашка;Чай;1;10;10", "3;07.02.2026;Мак;Сок;1;1;1")


def loaded(path: Path, *rows: str) -> Intake:
    assert files.load(files.csv(path, *rows))["refused"] == ""
    return Intake.objects.latest("pk")


def without_touches() -> dict[str, list[tuple[object, ...]]]:
    """The base without the notes for the next night, which may only grow."""
    return {label: rows for label, rows in files.held().items() if label != "clients.TouchedMonth"}


def test_it_leaves_an_empty_base_as_it_was(tmp_path: Path) -> None:
    make.branch()
    before = files.held()
    intake = loaded(tmp_path / "a.csv", *FIRST)
    undo(intake.pk, by=None)
    assert files.held() == before
    intake.refresh_from_db()
    assert (intake.state, intake.undone_at is not None) == (IntakeState.UNDONE, True)


def test_it_puts_changed_documents_back_row_for_row(tmp_path: Path) -> None:
    loaded(tmp_path / "a.csv", *FIRST)
    before = without_touches()
    TouchedMonth.objects.all().delete()
    intake = loaded(tmp_path / "b.csv", *SECOND)
    TouchedMonth.objects.all().delete()
    undo(intake.pk, by=None)
    assert without_touches() == before
    touched = set(TouchedMonth.objects.values_list("month", flat=True))
    assert touched == {date(2026, 2, 1), date(2026, 3, 1)}


def test_it_goes_backwards_only(tmp_path: Path) -> None:
    first = loaded(tmp_path / "a.csv", *FIRST)
    second = loaded(tmp_path / "b.csv", *SECOND)
    before = files.held()
    with pytest.raises(Refused, match=r"The later import b\.csv changed 1 of its documents"):
        undo(first.pk, by=None)
    assert files.held() == before
    undo(second.pk, by=None)
    undo(first.pk, by=None)
    assert Client.objects.count() == 0


def test_it_cannot_be_undone_twice(tmp_path: Path) -> None:
    intake = loaded(tmp_path / "a.csv", *FIRST)
    undo(intake.pk, by=None)
    with pytest.raises(Refused, match="Only a loaded import can be undone"):
        undo(intake.pk, by=None)


def test_it_names_the_client_whose_owner_was_changed(people: dict[str, Employee], tmp_path: Path) -> None:
    intake = loaded(tmp_path / "a.csv", *FIRST)
    client = Client.objects.get(name="Лютик")
    ownership.move({client.pk: people[Role.CSM].pk}, starts_on=date(2026, 5, 1), reason=OwnershipReason.MANUAL)
    before = files.held()
    with pytest.raises(Refused, match="Something was built on this import: changes of owner, Лютик"):
        undo(intake.pk, by=None)
    assert files.held() == before


def test_it_names_what_a_night_built_on_it(tmp_path: Path) -> None:
    intake = loaded(tmp_path / "a.csv", *FIRST)
    entity = LegalEntity.objects.get(name="Лютик")
    PurchaseDay.objects.create(legal_entity=entity, day=date(2026, 2, 6), documents=1, amount=1)
    before = files.held()
    with pytest.raises(Refused, match="Something was built on this import: Segmentation, Лютик"):
        undo(intake.pk, by=None)
    assert files.held() == before


def test_it_names_documents_of_other_imports(tmp_path: Path) -> None:
    intake = loaded(tmp_path / "a.csv", *FIRST)
    loaded(tmp_path / "b.csv", "9;05.02.2026;Ромашка;Чай;1;1;1")
    with pytest.raises(Refused, match="documents of other imports"):
        undo(intake.pk, by=None)


def test_it_keeps_a_salesperson_who_got_other_work(tmp_path: Path, people: dict[str, Employee]) -> None:
    path = files.csv(tmp_path / "a.csv", "1;05.02.2026;Ромашка;Пётр Орлов;1", head="Номер;Дата;Клиент;Менеджер;Сумма")
    files.load(path)
    person = Employee.objects.get(last_name="Орлов")
    client = make.client("Другой", person)
    undo(Intake.objects.get().pk, by=None)
    assert list(Client.objects.all()) == [client]
    assert Employee.objects.filter(pk=person.pk).exists()

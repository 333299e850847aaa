"""A person at a client in the moment an import or its undo is at it: what the person wrote stays."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from threading import Thread
from time import monotonic, sleep
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import translation

from clients.intake import command
from clients.intake.loading import WRITING
from clients.intake.undo import undo
from clients.models import Client, Contact, ExternalCode, IntakeRow, LegalEntity, Source
from salescrm.base import constraints
from salescrm.base.jobs import Refused
from salescrm.base.models import Intake
from tests import make
from tests.at_once import MOST_SECONDS, waits
from tests.intake import files
from tests.intake.test_clients import INN, KPP, OTHER_INN, load

pytestmark = pytest.mark.django_db(transaction=True)

HEAD = "Код;Клиент;Юрлицо;ИНН;КПП;Город;Регион;Контактное лицо;Должность;Роль"
ROW = f"7;Ромашка плюс;Ромашка;{INN};{KPP};Омск;Сибирь;Анна Ким;директор;ЛПР"


@pytest.fixture
def client() -> Client:
    """Make the client the file knows by its code, with a person of whom only the name is known."""
    with transaction.atomic():  # a client and its first owner are one
        made = make.client("Ромашка", make.employee("first"), code="7")
        Source.objects.update(code="files")
        make.contact(made, "Анна Ким")
    return made


def elsewhere(act: Callable[[], Any]) -> None:
    """Do something by another connection, to its end."""

    def alone() -> None:
        act()
        connection.close()

    thread = Thread(target=alone)
    thread.start()
    thread.join()


def load_while(act: Callable[[], Any], path: Path, monkeypatch: pytest.MonkeyPatch, **options: Any) -> dict[str, Any]:
    """Import the row while somebody acts between the comparing and the writing."""

    def tell(done: int, total: int | None, stage: str) -> None:
        if stage == WRITING:
            elsewhere(act)

    monkeypatch.setattr(command, "_teller", lambda path: tell)
    return load(files.csv(path, ROW, head=HEAD), **options)


def fields() -> list[Any]:
    """Everything the row says of the client, as the base has it."""
    found: list[Any] = []
    found += Client.objects.values_list("name", "name_key", "city", "region").get()
    found += LegalEntity.objects.values_list("inn", "kpp").get()
    found += Contact.objects.values_list("position", "role").get()
    return found


@pytest.mark.parametrize(
    ("model", "written", "file_wins", "expected"),
    [
        (Client, {}, False, ["Ромашка", "romashka", "Омск", "Сибирь", INN, KPP, "директор", "decides"]),
        (Client, {"city": "Псков"}, False, ["Ромашка", "romashka", "Псков", "Сибирь", INN, KPP, "директор", "decides"]),
        (
            *(Client, {"name": "Мак", "name_key": "mak"}, True),
            ["Мак", "mak", "Омск", "Сибирь", INN, KPP, "директор", "decides"],
        ),
        (
            *(LegalEntity, {"inn": OTHER_INN}, True),
            ["Ромашка плюс", "romashka plyus", "Омск", "Сибирь", OTHER_INN, "", "директор", "decides"],
        ),
        (Contact, {"role": "buys"}, False, ["Ромашка", "romashka", "Омск", "Сибирь", INN, KPP, "директор", "buys"]),
    ],
    ids=["nobody", "city", "name", "INN", "role"],
)
def test_an_import_leaves_what_a_person_wrote_meanwhile(
    model: Any, written: dict[str, str], file_wins: bool, expected: Sequence[str], client: Client, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    said = load_while(
        lambda: model.objects.update(**written) if written else None,
        tmp_path / "a.csv", monkeypatch, file_wins=file_wins,
    )  # fmt: skip
    assert (said["refused"], said["changed"]) == ("", 1)
    assert fields() == expected
    kept = {name for row in IntakeRow.objects.exclude(before=None) for name in row.before or {}}
    assert not kept & written.keys()
    undo(Intake.objects.get().pk, by=None)
    back = ["Ромашка", "romashka", "", "", "", "", "", ""]
    names = ["name", "name_key", "city", "region", "inn", "kpp", "position", "role"]
    assert fields() == [written.get(name, value) for name, value in zip(names, back, strict=True)]


@pytest.mark.parametrize("model", [Client, LegalEntity, Contact], ids=lambda model: model.__name__)
def test_an_undo_sees_what_a_person_is_writing(model: Any, client: Client, tmp_path: Path) -> None:
    assert load(files.csv(tmp_path / "a.csv", ROW, head=HEAD), file_wins=True)["refused"] == ""
    intake = Intake.objects.get()
    written = {Client: {"city": "Псков"}, LegalEntity: {"kpp": "770701001"}, Contact: {"position": "бухгалтер"}}[model]
    told: list[str] = []

    def take_back() -> None:
        translation.activate("en")
        try:
            undo(intake.pk, by=None)
        except Refused as refusal:
            told.append(str(refusal))
        finally:
            connection.close()

    thread = Thread(target=take_back)
    with transaction.atomic():
        model.objects.update(**written)
        expected = fields()
        thread.start()
        end = monotonic() + MOST_SECONDS
        while thread.is_alive() and not waits() and monotonic() < end:
            sleep(0.02)
    thread.join(MOST_SECONDS)
    assert "was changed after this import" in told[0]
    assert fields() == expected


def test_who_was_quicker_with_an_inn_is_told_to_whom_imports(
    client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def add() -> None:
        with transaction.atomic():
            other = make.client("Мак", make.employee("second"), inn=INN)
            LegalEntity.objects.filter(client=other).update(kpp=KPP)

    said = load_while(add, tmp_path / "a.csv", monkeypatch)
    assert said["refused"] == "a.csv: A legal entity with this INN and KPP exists already. Nothing was loaded."
    assert list(Client.objects.filter(pk=client.pk).values_list("name", "city")) == [("Ромашка", "")]
    assert Intake.objects.get().refusal == said["refused"]


def test_a_constraint_without_words_of_its_own_is_a_fault(client: Client) -> None:
    source, entity = Source.objects.get(), LegalEntity.objects.get()
    with pytest.raises(IntegrityError) as fault:
        ExternalCode.objects.create(source=source, code="7", legal_entity=entity)
    assert constraints.told(fault.value) == ""

"""Undo of an import of clients: the base as it was row for row, or a refusal that names what was built on it."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from clients import ownership
from clients.duplicates import joining
from clients.intake.undo import undo
from clients.models import (
    Client,
    Communication,
    Contact,
    ContactPoint,
    IntakeRow,
    Joining,
    LegalEntity,
    OwnershipReason,
    Source,
)
from salescrm.base import clock
from salescrm.base.jobs import Refused
from salescrm.base.models import Intake, IntakeState
from staff.access import Role
from staff.models import Employee
from tests import make
from tests.intake import files
from tests.intake.test_clients import HEAD, INN, KPP, held, load, loaded

pytestmark = pytest.mark.django_db
ROWS = (
    f"7;Ромашка;{INN};{KPP};Омск;Анна Ким;8 921 555-00-12;a@kim.ru",
    "8;Лютик;;;Тверь;Пётр;8 921 555-00-13;",
    "8;Лютик;;;;;;info@l.ru",
)


def known(people: dict[str, Employee]) -> Client:
    """Make the client the file knows by its code, with a person whose position is not known."""
    client = make.client("Ромашка", people[Role.CSM], code="7")
    Source.objects.update(code="files")
    make.contact(client, "Анна Ким")
    return client


def imported(path: Path, *rows: str, head: str = HEAD, **options: bool) -> Intake:
    loaded(path, *rows, head=head, **options)
    return Intake.objects.latest("pk")


@pytest.mark.parametrize("file_wins", [False, True])
def test_it_restores_row_for_row(file_wins: bool, tmp_path: Path, people: dict[str, Employee]) -> None:
    client = known(people)
    Client.objects.filter(pk=client.pk).update(city="Тверь")
    make.point(client, "+74822550012")
    before = held()
    head = f"{HEAD};Должность;Комментарий;Юрлицо"
    rows = [f"{row};директор;Платят вовремя;ООО {n}" for n, row in zip("абв", ROWS[:1], strict=False)]
    intake = imported(tmp_path / "a.csv", *rows, "9;Мак;;;;;;;;;", head=head, file_wins=file_wins)
    assert held() != before
    undo(intake.pk, by=None)
    assert held() == before
    intake.refresh_from_db()
    assert intake.state == IntakeState.UNDONE


def test_it_leaves_an_empty_base_as_it_was(tmp_path: Path) -> None:
    make.branch()
    before = held()
    undo(imported(tmp_path / "a.csv", *ROWS).pk, by=None)
    assert held() == before


def test_it_can_be_loaded_again_and_undone_again(tmp_path: Path, people: dict[str, Employee]) -> None:
    before = held()
    for _time in (1, 2):
        undo(imported(tmp_path / "a.csv", *ROWS).pk, by=None)
    assert held() == before


@pytest.mark.parametrize(
    ("what", "named"),
    [
        ("filled field", "the client Ромашка"),
        ("legal entity", "the legal entity Ромашка"),
        ("new client", "the client Лютик"),
        ("archived", "the client Лютик"),
        ("new contact", "the contact Пётр"),
        ("dead phone", "a phone or address of Лютик"),
        ("owner", "changes of owner, Лютик"),
        ("more phones", "ways to reach"),
        ("note", "communications"),
        ("order", "documents of other imports"),
    ],
)
def test_it_names_what_was_built_on_it(what: str, named: str, tmp_path: Path, people: dict[str, Employee]) -> None:
    known(people)
    intake = imported(tmp_path / "a.csv", *ROWS)
    made = Client.objects.get(name="Лютик")
    if what == "filled field":
        Client.objects.filter(name="Ромашка").update(city="Псков")
    elif what == "legal entity":
        LegalEntity.objects.filter(name="Ромашка").update(kpp="")
    elif what == "new client":
        Client.objects.filter(pk=made.pk).update(region="Юг")
    elif what == "archived":
        Client.objects.filter(pk=made.pk).update(archived_on=date(2026, 7, 1), archive_reason="нет")
    elif what == "new contact":
        Contact.objects.filter(name="Пётр").update(position="директор")
    elif what == "dead phone":
        ContactPoint.objects.filter(value_key="+79215550013").update(dead_on=date(2026, 7, 1), dead_reason="нет")
    elif what == "owner":
        ownership.move({made.pk: people[Role.HOS].pk}, starts_on=date(2027, 5, 1), reason=OwnershipReason.MANUAL)
    elif what == "more phones":
        make.point(made, "+79215550099")
    elif what == "note":
        make.said(made, people[Role.CSM], date(2026, 7, 1))
    else:
        make.shipment(made, date(2026, 7, 1), 10)
    before = held()
    with pytest.raises(Refused, match=f"Something was built on this import: {named}"):
        undo(intake.pk, by=None)
    assert held() == before


def test_it_goes_backwards_only(tmp_path: Path, people: dict[str, Employee]) -> None:
    known(people)
    before = held()
    head = "Код;Клиент;Город"
    first = imported(tmp_path / "a.csv", "7;Ромашка;Омск", head=head)
    second = imported(tmp_path / "b.csv", "7;Ромашка;Псков", head=head, file_wins=True)
    with pytest.raises(Refused, match="the client Ромашка was changed after this import"):
        undo(first.pk, by=None)
    undo(second.pk, by=None)
    undo(first.pk, by=None)
    assert held() == before
    assert IntakeRow.objects.count() == 0


def test_comments_go_with_their_import_though_nobody_may_delete_what_was_said(
    tmp_path: Path, people: dict[str, Employee]
) -> None:
    known(people)
    intake = imported(tmp_path / "a.csv", "7;Ромашка;Любят образцы", head="Код;Клиент;Комментарий")
    assert Communication.objects.get().text == "Любят образцы"
    undo(intake.pk, by=None)
    assert Communication.objects.count() == 0


def test_an_import_of_orders_finds_the_clients_of_an_import_of_clients(
    tmp_path: Path, people: dict[str, Employee]
) -> None:
    loaded(tmp_path / "a.csv", *ROWS)
    path = files.csv(tmp_path / "o.csv", "1;05.02.2026;7;10", head="Номер;Дата;Код клиента;Сумма")
    said = files.load(path)
    assert (said["refused"], said["clients_created"], said["documents"]["new"]) == ("", 0, 1)
    assert load(files.csv(tmp_path / "a.csv", *ROWS, head=HEAD))["unchanged"] == 2


def joined(kept: Client, other: Client, person: Employee) -> Joining:
    return joining.join(
        kept=kept.pk, joined=other.pk, taken={}, submission=uuid4(), acting_user=person, today=date(2026, 7, 16),
        now=clock.now(),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("kept", "other", "named"),
    [
        ("Мак", "Лютик", "the client Лютик was joined into another one"),
        ("Лютик", "Мак", "the client Мак was joined into another one"),
        ("Мак", "Ромашка", "the client Ромашка was joined into another one"),  # its new phone was equal, and taken out
        ("Ромашка", "Мак", None),  # nothing of the import moved
    ],
)
def test_it_goes_before_no_joining(
    kept: str, other: str, named: str | None, tmp_path: Path, people: dict[str, Employee]
) -> None:
    known(people)
    make.point(make.client("Мак", people[Role.CSM], code="9"), "+78120000001")
    before = held()
    head = "Код;Клиент;Город;Телефон компании"
    intake = imported(tmp_path / "a.csv", "7;Ромашка;Омск;8 812 000-00-01", "8;Лютик;Тверь;", head=head)
    of = {one.name: one for one in Client.objects.all()}
    made = joined(of[kept], of[other], people[Role.HOS])
    if named:
        as_joined = held()
        with pytest.raises(Refused, match=f"Something was built on this import: {named}"):
            undo(intake.pk, by=None)
        assert held() == as_joined
        joining.undo(joining=made, acting_user=people[Role.HOS], today=date(2026, 7, 16))
        if "Лютик" in (kept, other):  # a client that was joined is named by its joining for ever
            with pytest.raises(Refused, match="Something was built on this import: joinings, Лютик"):
                undo(intake.pk, by=None)
            return
        undo(intake.pk, by=None)
    else:
        undo(intake.pk, by=None)
        joining.undo(joining=made, acting_user=people[Role.HOS], today=date(2026, 7, 16))
    Client.objects.update(separated_on=None)
    computed: dict[str, list[Any]] = {"clients.Standing": []}  # what is known of them was reckoned by joining
    assert held() | computed == before | computed


def test_a_legal_entity_given_away_is_named(tmp_path: Path, people: dict[str, Employee]) -> None:
    to = known(people)
    intake = imported(tmp_path / "a.csv", "8;Лютик;ООО Первое", head="Код;Клиент;Юрлицо")
    made = Client.objects.get(name="Лютик")
    entity = made.legal_entities.get()
    LegalEntity.objects.create(client=made, name="ООО Второе", name_key="vtoroe")
    joining.move_entity(
        entity=entity.pk, to=to.pk, submission=uuid4(), acting_user=people[Role.HOS], today=date(2026, 7, 16)
    )
    with pytest.raises(Refused, match="a legal entity of Лютик was given to another client after this import"):
        undo(intake.pk, by=None)


def test_an_import_of_orders_goes_before_no_joining(tmp_path: Path, people: dict[str, Employee]) -> None:
    to = known(people)
    path = files.csv(tmp_path / "o.csv", "1;05.02.2026;Лютик;10", head="Номер;Дата;Клиент;Сумма")
    assert files.load(path)["clients_created"] == 1
    joined(to, Client.objects.get(name="Лютик"), people[Role.HOS])
    before = files.held()
    with pytest.raises(Refused, match="Something was built on this import: joinings, Лютик"):
        undo(Intake.objects.get().pk, by=None)
    assert files.held() == before

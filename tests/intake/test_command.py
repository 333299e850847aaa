"""The command line: exit codes, one JSON object, mappings by name and by file."""

from __future__ import annotations

import json
from datetime import date
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.core.management.base import CommandError

from clients.intake import command, work
from clients.intake.firms import CLIENTS
from clients.intake.kind import Kind
from clients.intake.orders import ORDERS
from clients.models import Shipment, Source
from salescrm.base import jobs
from salescrm.base.models import ColumnMap, Intake, IntakeState, Job
from staff.access import Role
from staff.models import Employee
from tests.intake import files

pytestmark = pytest.mark.django_db
ROW = "1;05.02.2026;Ромашка;Чай;2;10;20"


def called(*arguments: str) -> tuple[int, dict[str, Any]]:
    """Run the command with --json; return its exit code and what it printed."""
    out = StringIO()
    try:
        call_command("import_orders", *arguments, "--json", stdout=out)
    except SystemExit as end:
        return int(str(end.code)), json.loads(out.getvalue())
    return 0, json.loads(out.getvalue())


def test_it_prints_one_object_with_the_agreed_keys(tmp_path: Path) -> None:
    code, said = called(str(files.csv(tmp_path / "a.csv", ROW)))
    assert code == 0
    assert said["documents"] == {"new": 1, "changed": 0, "unchanged": 0}
    agreed = {"rows_read", "documents", "lines", "clients_created", "errors", "error_report", "seconds"}
    assert agreed <= said.keys()
    assert (said["rows_read"], said["lines"], said["clients_created"], said["errors"]) == (1, 1, 1, 0)
    assert said["error_report"] is None


def test_it_ends_with_1_and_a_reason_when_refused(tmp_path: Path) -> None:
    code, said = called(str(files.csv(tmp_path / "a.csv", ROW, ROW[:-2] + "сто")))
    assert code == 1
    assert said["errors"] == 1
    assert Path(said["error_report"]).is_file()
    assert (said["documents"]["new"], Shipment.objects.count()) == (0, 0)
    refused = Intake.objects.get()
    assert (refused.state, refused.refusal) == (IntakeState.REFUSED, said["refused"])


def test_it_says_the_reason_in_one_line_without_json(tmp_path: Path) -> None:
    err = StringIO()
    with pytest.raises(SystemExit, match="1"):
        call_command("import_orders", str(tmp_path / "nothing.csv"), stderr=err)
    assert len(err.getvalue().strip().splitlines()) == 1


def test_it_is_wrong_use_to_replace_and_to_add(tmp_path: Path) -> None:
    with pytest.raises(CommandError):
        call_command("import_orders", str(files.csv(tmp_path / "a.csv", ROW)), "--replace", "--add")
    with pytest.raises(CommandError):
        call_command("import_orders")


def test_it_takes_all_files_or_none(tmp_path: Path) -> None:
    good, bad = files.csv(tmp_path / "a.csv", ROW), files.csv(tmp_path / "b.csv", ROW.replace("05.02", "31.02"))
    code, said = called(str(good), str(bad))
    assert (code, Shipment.objects.count()) == (1, 0)
    assert said["refused"].startswith("b.csv: ")


@pytest.mark.parametrize("how", ["file", "saved"])
def test_it_takes_a_mapping_by_file_and_by_name(how: str, tmp_path: Path) -> None:
    given = {
        "source": {"code": "shop", "name": "Магазин"},
        "columns": {"number": "A", "day": "B", "client": "C", "amount": "D"},
    }
    name = str(tmp_path / "m.yaml")
    if how == "file":
        Path(name).write_text(json.dumps(given), encoding="utf-8")
    else:
        name = "shop"
        ColumnMap.objects.create(kind="orders", name=name, columns=given)
    code, _said = called(str(files.csv(tmp_path / "a.csv", "1;05.02.2026;Ромашка;5", head="A;B;C;D")), "--map", name)
    assert code == 0
    assert Source.objects.get().code == "shop"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("columns: {day: Дата, colour: Цвет}", "unknown field “colour”"),
        ("colour: red\ncolumns: {day: Дата}", "unknown setting “colour”"),
        ("numbering: week\ncolumns: {day: Дата}", "numbering"),
        ("dates: xyz\ncolumns: {day: Дата}", "dates"),
        ("- a\n- b", "names no columns"),
        ("{", "cannot be read"),
        ("columns: {day: Дата, client: Нет такого, amount: Сумма}", "no column “Нет такого”"),
    ],
)
def test_it_names_what_is_wrong_in_a_mapping(text: str, reason: str, tmp_path: Path) -> None:
    path = tmp_path / "m.yaml"
    path.write_text(text, encoding="utf-8")
    code, said = called(str(files.csv(tmp_path / "a.csv", ROW)), "--map", str(path))
    assert code == 1
    assert reason in said["refused"]


@pytest.mark.parametrize(
    ("kind", "head", "row", "expected"),
    [
        (
            *(ORDERS, files.HEAD, ROW),
            [
                ("completeness", {"today": "2026-07-16", "only_new": True}),
                ("deals-by-rule", {"today": "2026-07-16"}),
            ],
        ),
        (
            *(CLIENTS, "Код;Клиент", "7;Ромашка"),
            [
                ("completeness", {"today": "2026-07-16", "only_new": False}),
                ("duplicates-find", {"day": "2026-07-16"}),
            ],
        ),
    ],
    ids=["orders", "clients"],
)
def test_what_follows_an_import_follows_from_the_command_as_from_the_page(
    kind: Kind, head: str, row: str, expected: list[Any], tmp_path: Path, people: dict[str, Employee], today: date
) -> None:
    path = files.csv(tmp_path / "a.csv", row, head=head)
    assert command.run([path], kind=kind, dry_run=True)["refused"] == ""
    assert command.run([tmp_path / "nothing.csv"], kind=kind)["refused"]
    assert Job.objects.count() == 0
    assert command.run([path], kind=kind)["refused"] == ""
    by_command = list(Job.objects.order_by("pk").values_list("kind", "arguments"))
    Job.objects.all().delete()
    (intake,) = work.take([SimpleUploadedFile("a.csv", path.read_bytes())], people[Role.HOS], kind.name)
    Intake.objects.filter(pk=intake.pk).update(state=IntakeState.RUNNING)
    job = Job.objects.create(kind="import-load")
    assert work.load_job(jobs.Progress(job), intake.pk)
    job.delete()
    assert list(Job.objects.order_by("pk").values_list("kind", "arguments")) == by_command == expected

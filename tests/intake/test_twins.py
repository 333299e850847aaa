"""A company export of Bitrix24 with twins in disguise: imported, the twins found, joined and parted again (R7)."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.apps import apps
from django.db import connection

from clients.duplicates import finding, joining, parts
from clients.intake import command
from clients.intake.firms import CLIENTS
from clients.models import Client, DuplicatePair, ExternalCode, Joining
from salescrm.base import clock
from staff.access import Role
from staff.models import Employee
from tests.clients import duplicates_set
from tests.conftest import TODAY
from tests.needs import shared

pytestmark = pytest.mark.django_db

LEAST = 0.95  # of precision and of recall
JOINED = 40
# Marks of what is to be looked at anew, and the joinings themselves.
PASSING = {"clients.Joining", "clients.DuplicateKey", "clients.DuplicatePair", "clients.TouchedMonth",
           "clients.Untallied", "clients.CompletenessWrite", "pghistory.Context"}  # fmt: skip


def write_export(path: Path, rows: list[dict[str, str]]) -> None:
    """Write the rows under the captions Bitrix24 gives a company export, all columns, every cell in quotes."""
    header = (shared() / "data/ru_bitrix24_headers/company_export_header.csv").read_text(encoding="utf-8-sig").strip()
    captions = [caption.strip('"') for caption in header.rstrip(";").split(";")]
    captions += [caption for caption in rows[0] if caption not in captions]
    lines = [captions, *([row.get(caption, "") for caption in captions] for row in rows)]
    quoted = (";".join('"' + cell.replace('"', '""') + '"' for cell in line) for line in lines)
    path.write_text("\r\n".join([*quoted, ""]), encoding="utf-8-sig")


def contents() -> dict[str, tuple[int, int]]:
    """Count and sum of hashes of the rows of every table that is no field history, but for the day of parting."""
    found = {}
    with connection.cursor() as cursor:
        for model in apps.get_models(include_auto_created=True):
            if not model._meta.managed or model._meta.label in PASSING or is_history(model):
                continue
            cursor.execute(
                f"SELECT count(*), coalesce(sum(hashtextextended((to_jsonb(t) - 'separated_on')::text, 0)), 0) "
                f'FROM "{model._meta.db_table}" AS t'
            )
            found[model._meta.label] = cursor.fetchone()
    return found


def is_history(model: Any) -> bool:
    """Say whether the table is written by the database beside another one."""
    return hasattr(model, "pgh_obj_id")


def history() -> dict[str, int]:
    """Count what the field histories hold."""
    return {model._meta.label: model._default_manager.count() for model in apps.get_models() if is_history(model)}


def join(kept: int, joined: int, person: Employee) -> Joining:
    """Join two clients, with the other one's city."""
    return joining.join(
        kept=kept, joined=joined, taken={"city": True}, submission=uuid4(), acting_user=person, today=TODAY,
        now=clock.now(),
    )  # fmt: skip


@pytest.mark.slow
def test_twins_in_an_export_are_found_joined_and_parted_without_a_loss(
    tmp_path: Path, people: dict[str, Employee], today: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = duplicates_set.make_rows()
    path = tmp_path / "COMPANY.csv"
    write_export(path, [row.export() for row in rows])
    said = command.run([path], kind=CLIENTS)
    assert (said["refused"], said["errors"], said["clients_created"]) == ("", 0, duplicates_set.ROWS)

    finding.search(TODAY)
    codes = dict(ExternalCode.objects.values_list("legal_entity__client", "code"))
    found = {
        frozenset((int(codes[one]), int(codes[other])))
        for one, other in DuplicatePair.objects.values_list("one", "other")
    }
    truth = {frozenset((row.number, row.twin)) for row in rows if row.twin is not None}
    precision, recall = len(found & truth) / len(found), len(found & truth) / len(truth)
    with capsys.disabled():
        print(f"\ntwins: precision {precision:.4f}, recall {recall:.4f}, import {said['seconds']:.1f} s")  # noqa: T201 # for docs
    assert precision >= LEAST
    assert recall >= LEAST

    clients = {int(code): client for client, code in codes.items()}
    for settle in parts.settling():  # as the night after the import does
        settle(list(clients.values()), TODAY)
    before, told = contents(), history()
    made = []
    for one, other in sorted(tuple(sorted(pair)) for pair in found & truth)[:JOINED]:
        pair = (Client.objects.get(pk=clients[one]), Client.objects.get(pk=clients[other]))
        kept, joined = joining.in_order(*pair)
        made.append(join(kept.pk, joined.pk, people[Role.HOS]))
    assert Client.objects.filter(merged_into__isnull=False).count() == JOINED
    assert contents() != before
    for one_joining in made:
        joining.undo(joining=one_joining, acting_user=people[Role.HOS], today=TODAY)
    assert contents() == before
    assert all(history()[label] >= count for label, count in told.items())

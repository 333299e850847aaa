"""Addresses of imports."""

from __future__ import annotations

from django.core.files.base import ContentFile

from salescrm.base.models import Intake, IntakeState, StoredFile
from staff.access import ACTS, Act
from tests.access.table import Row, Scene

IMPORTERS = {role for role, acts in ACTS.items() if Act.IMPORT in acts}
TEXT = "Номер;Дата;Клиент;Сумма\n1;01.02.2026;Ромашка;10\n"


def prepare(scene: Scene) -> None:
    """Bring a file of the operator, who sees imports of his own only; the others see all."""
    file = StoredFile(name="orders.csv", size=len(TEXT), sha256="0" * 64, created_by=scene.people["operator"])
    file.file.save("access.orders", ContentFile(TEXT.encode()), save=True)
    scene.extra["intake"] = Intake.objects.create(
        kind="orders",
        file=file,
        error_file=file,
        file_name="orders.csv",
        mapping={"columns": {"number": "Номер", "day": "Дата", "client": "Клиент", "amount": "Сумма"}},
        created_by=scene.people["operator"],
        state=IntakeState.NEW,
    )


def one(scene: Scene) -> list[int]:
    """Give the import's number."""
    return [scene.extra["intake"].pk]


def form(scene: Scene) -> dict[str, str]:
    """Fill in the columns of the file."""
    columns = {"column-0": "number", "column-1": "day", "column-2": "client", "column-3": "amount"}
    return {"source_name": "Файлы", "numbering": "year", **columns}


ROWS = [
    Row("imports:intake-list", IMPORTERS),
    Row("imports:intake-list", IMPORTERS, "post", ok=422),
    Row("imports:intake-card", IMPORTERS, args=one),
    Row("imports:intake-check", IMPORTERS, "post", args=one, data=form, ok=302),
    Row("imports:intake-load", IMPORTERS, "post", args=one, ok=302),
    Row("imports:intake-stop", IMPORTERS, "post", args=one, ok=302),
    Row("imports:intake-undo", IMPORTERS, "post", args=one, ok=302),
    Row("imports:intake-progress", IMPORTERS, args=one, ok=204),
    Row("imports:intake-report", IMPORTERS, args=lambda scene: [*one(scene), "csv"]),
]

"""The rules of the house that a linter does not see."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.db.migrations.loader import MigrationLoader

ROOT = Path(__file__).resolve().parent.parent.parent
ORDER = ["base", "staff", "clients", "deals", "segmentation", "kpi"]
ROOMS = ["staff", "clients", "deals", "segmentation", "kpi", "salescrm"]


def place(label: str) -> int:
    return ORDER.index(label)


def test_foreign_keys_point_left_only() -> None:
    wrong = []
    for model in apps.get_models():
        if model._meta.app_label not in ORDER:
            continue
        for field in model._meta.get_fields():
            target = getattr(field, "related_model", None)
            if not field.concrete or target is None or target._meta.app_label not in ORDER:
                continue
            is_person = model._meta.app_label == "base" and target._meta.label == "staff.Employee"
            if place(target._meta.app_label) > place(model._meta.app_label) and not is_person:
                wrong.append(f"{model._meta.label}.{field.name} → {target._meta.label}")
    assert wrong == []


def test_migrations_depend_on_rooms_to_the_left_only() -> None:
    wrong = [
        f"{key} → {dependency}"
        for key, migration in MigrationLoader(None).disk_migrations.items()
        if key[0] in ORDER
        for dependency in migration.dependencies
        if dependency[0] in ORDER
        and place(dependency[0]) > place(key[0])
        and (key[0], dependency[0]) != ("base", "staff")
    ]
    assert wrong == []


def sources(pattern: str) -> Iterator[Path]:
    for room in ROOMS:
        yield from (path for path in (ROOT / room).rglob(pattern) if "migrations" not in path.parts)


@pytest.mark.parametrize("path", sorted(sources("*.sql")), ids=lambda path: f"{path.parts[-3]}/{path.name}")
def test_a_statement_reads_no_clock_and_takes_named_parameters(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    code = re.sub(r"--.*", "", text).lower()
    assert text.startswith("--"), "a statement begins with its grain, reads, writes and parameters"
    assert not re.search(r"\bnow\(\)|current_date|current_timestamp|clock_timestamp|localtime", code)
    assert not re.search(r"%s|%\(\w+\)(?!s)", code)
    assert ";" not in code.rstrip().removesuffix(";"), "one statement per file"


CLOCK = re.compile(r"\b(timezone\.now|timezone\.localdate|datetime\.now|date\.today|datetime\.utcnow)\b")
MAY_READ_CLOCK = re.compile(
    r"salescrm/(base/(clock|jobs|tasks|notify|frame|guard|intake/|lists/)|health|commands/)|clients/intake/"
)  # when a thing happened is written down; no rule hangs on it


def test_rules_do_not_read_the_clock() -> None:
    readers = [
        str(path.relative_to(ROOT))
        for path in sources("*.py")
        if CLOCK.search(path.read_text(encoding="utf-8")) and not MAY_READ_CLOCK.match(str(path.relative_to(ROOT)))
    ]
    assert readers == []


FORBIDDEN_NAMES = {"receiver": "signal receivers", "GenericForeignKey": "generic relations"}


def test_no_signals_no_generic_relations_no_save_overrides() -> None:
    wrong = []
    for path in sources("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef) and node.name == "save" and path.name.startswith("models"):
                wrong.append(f"{path}: save()")
            names = [alias.name for alias in node.names] if isinstance(node, ast.ImportFrom) else []
            wrong += [f"{path}: {FORBIDDEN_NAMES[name]}" for name in names if name in FORBIDDEN_NAMES]
    assert wrong == []


def test_no_module_outgrows_its_subject() -> None:
    long = {str(p.relative_to(ROOT)): n for p in sources("*.py") if (n := len(p.read_text().splitlines())) > 600}
    assert long == {}

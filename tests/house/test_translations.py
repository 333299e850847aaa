"""Every string of the program has its Russian, none is a guess."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import polib
import pytest

from tests.needs import ROOT, gettext

CATALOGUE = Path("locale/ru/LC_MESSAGES/django.po")
FOLDERS = ["salescrm", "staff", "clients", "deals", "segmentation", "kpi", "templates", "locale"]


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> polib.POFile:
    """Extract the strings of the code as it stands into a copy of the catalogue."""
    gettext()
    folder = tmp_path_factory.mktemp("strings")
    for name in FOLDERS:
        for path in (ROOT / name).rglob("*"):
            if path.suffix in (".py", ".html", ".txt", ".po"):
                target = folder / path.relative_to(ROOT)
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(path.read_bytes())
    command = [sys.executable, "-m", "django", "makemessages", "-l", "ru", "--no-obsolete", "-v", "0"]
    environment = {"PATH": "/usr/bin:/bin:/usr/local/bin", "DJANGO_SETTINGS_MODULE": "", "PYTHONUTF8": "1"}
    subprocess.run(command, cwd=folder, check=True, env=environment)
    return polib.pofile(str(folder / CATALOGUE))


def test_nothing_is_left_untranslated(fresh: polib.POFile) -> None:
    assert [entry.msgid for entry in fresh.untranslated_entries()] == []


def test_nothing_is_a_guess(fresh: polib.POFile) -> None:
    assert [entry.msgid for entry in fresh.fuzzy_entries()] == []


PLACES = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w+\}")


def test_translations_keep_the_places_of_values(fresh: polib.POFile) -> None:
    wrong = []
    for entry in fresh:
        texts = entry.msgstr_plural.values() if entry.msgid_plural else [entry.msgstr]
        allowed = set(PLACES.findall(entry.msgid)) | set(PLACES.findall(entry.msgid_plural or ""))
        needed = set(PLACES.findall(entry.msgid_plural or entry.msgid))
        for text in texts:
            found = set(PLACES.findall(text))
            if not found <= allowed or (not entry.msgid_plural and found != needed):
                wrong.append(entry.msgid)
    assert wrong == []


def test_catalogue_is_compiled_by_the_program_itself(tmp_path: Path) -> None:
    from salescrm import translations

    folder = tmp_path / "ru" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "django.po").write_bytes((ROOT / CATALOGUE).read_bytes())
    assert translations.compile_all(tmp_path) == 1
    assert translations.compile_all(tmp_path) == 0

"""What a test needs of the machine: named as skipped where it is missing, a failure in CI."""

import os
import shutil
from pathlib import Path
from typing import NoReturn

import pytest

ROOT = Path(__file__).resolve().parent.parent


def lacking(what: str) -> NoReturn:
    """End the test for want of something of the machine."""
    if os.environ.get("CI"):
        pytest.fail(f"CI must have {what}", pytrace=False)
    pytest.skip(f"needs {what}")


def shared() -> Path:
    """Find the folder of public data sets beside the checkout."""
    folder = Path(os.environ.get("SALESCRM_SHARED") or ROOT.parent / "shared")
    return folder if (folder / "data").is_dir() else lacking("../shared (or SALESCRM_SHARED)")


def chromium() -> str:
    """Find Chromium: CHROMIUM=path or the system's."""
    return os.environ.get("CHROMIUM") or shutil.which("chromium") or lacking("Chromium (apt, or CHROMIUM=path)")


def root() -> None:
    """Go on only as root."""
    if os.geteuid() != 0:
        lacking("root")


def debian_postgres() -> Path:
    """Find the programs of Debian's PostgreSQL 15."""
    folder = Path("/usr/lib/postgresql/15/bin")
    return folder if folder.is_dir() else lacking("Debian's PostgreSQL 15")


def debian_redis() -> Path:
    """Find Debian's Redis server."""
    found = shutil.which("redis-server")
    return Path(found) if found else lacking("Debian's redis-server")


def gettext() -> None:
    """Go on only where GNU gettext is installed."""
    if not shutil.which("xgettext"):
        lacking("gettext (apt)")

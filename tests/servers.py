"""Pytest plugin (named in addopts): the tests' own servers, before anything reads the settings."""

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
os.environ.setdefault("SALESCRM_HOME", str(ROOT / ".data" / "test"))
os.environ.setdefault("SALESCRM_TEST_FAST", "1")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "salescrm.settings")

from salescrm import embedded  # noqa: E402  # the home is chosen first

embedded.ensure_running()

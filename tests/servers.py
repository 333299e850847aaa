"""Pytest plugin (named in addopts): the tests' own servers, before anything reads the settings.

They live in a home of their own, `test` inside SALESCRM_HOME, quick and not durable, and stop with the last process.
Each xdist worker has a broker database of its own, as it has a database of its own.
"""

import os
from pathlib import Path
from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling  # type: ignore[import-untyped, unused-ignore]

ROOT = Path(__file__).resolve().parent.parent
WORKER = os.environ.get("PYTEST_XDIST_WORKER", "")
if not WORKER:  # a worker inherits all this
    os.environ["SALESCRM_HOME"] = str(Path(os.environ.get("SALESCRM_HOME") or ROOT / ".data") / "test")
    os.environ["SALESCRM_TEST_FAST"] = "1"
    os.environ["DJANGO_SETTINGS_MODULE"] = "salescrm.settings"

from salescrm import embedded  # noqa: E402  # the home is chosen first


class ByFile(LoadScopeScheduling):  # type: ignore[misc] # xdist exports no types
    """Gives each file to one worker, and all browser files to one: what a module makes is made once."""

    def _split_scope(self, nodeid: str) -> str:
        path = nodeid.split("::", maxsplit=1)[0]
        return "tests/browser" if path.startswith("tests/browser/") else path


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> ByFile:
    """Deal tests out by file, whatever `--dist` says."""
    return ByFile(config, log)


servers = embedded.ensure_running()
if WORKER and "?" not in servers.redis_url and servers.redis_url.startswith("unix://"):
    os.environ["REDIS_URL"] = f"{servers.redis_url}?db={1 + int(WORKER.removeprefix('gw'))}"

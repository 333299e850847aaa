"""Pytest plugin (named in addopts): the tests' own servers, before anything reads the settings.

They live in a home of their own, `test` inside SALESCRM_HOME, quick and not durable, and stop with the last process.
Each xdist worker has a broker database of its own, as it has a database of its own.
"""

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
WORKER = os.environ.get("PYTEST_XDIST_WORKER", "")
if not WORKER:  # a worker inherits all this
    os.environ["SALESCRM_HOME"] = str(Path(os.environ.get("SALESCRM_HOME") or ROOT / ".data") / "test")
    os.environ["SALESCRM_TEST_FAST"] = "1"
    os.environ["DJANGO_SETTINGS_MODULE"] = "salescrm.settings"

from salescrm import embedded  # noqa: E402  # the home is chosen first


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give each file to one worker, and all browser files to one: they copy one demo base."""
    for item in items:
        if item.get_closest_marker("xdist_group") is None:
            browser = "browser" in item.path.parts
            item.add_marker(pytest.mark.xdist_group("stack" if browser else item.nodeid.split("::")[0]))


servers = embedded.ensure_running()
if WORKER and "?" not in servers.redis_url and servers.redis_url.startswith("unix://"):
    os.environ["REDIS_URL"] = f"{servers.redis_url}?db={1 + int(WORKER.removeprefix('gw'))}"

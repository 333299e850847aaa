"""The ground of the killing, laid out once a module."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.faults.ground import Ground, laid_out
from tests.house.homes import reachable_folder


@pytest.fixture(scope="module")
def ground() -> Iterator[Ground]:
    """Return a home with the bases to start from; it is taken away with all that runs in it."""
    with reachable_folder() as home:
        yield from laid_out(home)

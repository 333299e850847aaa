"""The main job once more, in English, on a phone, in the dark."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.browser.stack import Stack
from tests.browser.test_journeys import journey

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_the_main_job_in_english_on_a_phone(visit: Callable[..., Page], stack: Stack, tmp_path: Path) -> None:
    journey(visit, stack, tmp_path, language="en", width=390, theme="dark")

"""Names are found on board and TOP list however they are typed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from django.test import Client as Browser

from staff.models import Employee
from tests import make
from tests.segmentation.world import classed, member, nights, silent

pytestmark = pytest.mark.django_db
TYPED = ["Худи", "худи плюс", "hudi"]


@pytest.fixture
def base(people: dict[str, Employee], today: date) -> None:
    nights()
    for name in ("Худи Плюс", "Мир Халатов"):
        client = make.client(name, people["csm"])
        classed(client, "AX", 100)
        member(client)
        silent(client, days=40, left=30)
    classed(make.client("Прочие", people["csm"]), "AX", 10_000)  # no other client is above a limit of the share


@pytest.mark.parametrize("url", ["/segmentation/zero/", "/segmentation/top/"])
@pytest.mark.parametrize("typed", TYPED)
def test_it_finds_a_russian_name(base: None, browser_of: Callable[[str], Browser], url: str, typed: str) -> None:
    page = browser_of("hos").get(url, {"q": typed}).content.decode()
    assert ("Худи Плюс" in page, "Мир Халатов" in page) == (True, False)

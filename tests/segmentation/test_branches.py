"""Pages of segmentation narrowed to a branch: figures, links, and whose rows they never show (R12)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client as Browser

from clients.models import Client
from salescrm.base import clock
from staff.models import Employee
from tests import make
from tests.segmentation.world import EARLIER, NIGHT, classed, member, nights

pytestmark = pytest.mark.django_db
BrowserOf = Callable[[str], Browser]
Asked = dict[str, Any]
PAGES = (
    "/segmentation/",
    "/segmentation/top/",
    "/segmentation/zero/",
    "/segmentation/zero/lane/owner/",
    "/segmentation/zero/reasons/",
    "/segmentation/zero/recovery/",
    "/segmentation/contacts/",
    "/segmentation/priorities/",
    "/segmentation/focus/",
    "/segmentation/programmes/",
)


@pytest.fixture
def base(people: dict[str, Employee], today: Any) -> dict[str, Client]:
    """Two branches: two clients of the home one, one of the far one; all moved, all on the TOP list, all overdue."""
    nights()
    far = make.branch("far")
    made = {
        "near": make.client("near", people["csm"]),
        "next": make.client("next", people["csm"]),
        "far": make.client("far", people["csh"], branch=far),
    }
    for client in made.values():
        classed(client, "BX", 100, until=NIGHT)
        classed(client, "AX", 200, since=NIGHT)
        member(client, entered=NIGHT)
        client.standing.contact_due_on = clock.today() - timedelta(days=3)
        client.standing.contact_months = 1
        client.standing.top = True
        client.standing.save()
    return made


@pytest.mark.parametrize("url", PAGES)
def test_it_narrows_every_page_to_a_branch(url: str, base: dict[str, Client], browser_of: BrowserOf) -> None:
    page = browser_of("hos").get(url, Asked(branch=base["far"].branch_id))
    assert page.status_code == 200
    assert browser_of("hos").get(url, Asked(branch=999_999)).status_code == 404
    assert browser_of("hos").get(url, Asked(branch="x")).status_code == 404


def test_it_counts_cells_movement_and_top_of_a_branch(base: dict[str, Client], browser_of: BrowserOf) -> None:
    far = base["far"].branch_id
    found = browser_of("hos").get("/segmentation/", Asked(branch=far, on=NIGHT, since=EARLIER)).context
    assert found["matrix"].total.clients == 1
    assert found["matrix"].rows[0].cells[0].url.endswith(f"&branch={far}")
    assert found["movement"].total.clients == 1
    assert found["top_entered"] == 1
    assert browser_of("hos").get("/segmentation/", Asked(on=NIGHT)).context["matrix"].total.clients == 3
    top = browser_of("hos").get("/segmentation/top/", Asked(branch=far, on=NIGHT))
    assert [row["name"] for row in top.context["rows"]] == ["far"]
    assert top.context["figures"]["clients"] == 1


def test_it_lists_overdue_contacts_of_a_branch(base: dict[str, Client], browser_of: BrowserOf) -> None:
    far = base["far"].branch_id
    found = browser_of("hos").get("/segmentation/contacts/", Asked(branch=far)).context
    assert [row["client"].name for row in found["rows"]] == ["far"]
    assert (found["report"].total.clients, found["report"].total.overdue) == (1, 1)
    assert f"branch={far}" in found["report"].total.url
    assert browser_of("hos").get(found["report"].total.url).status_code == 200


@pytest.mark.parametrize("url", PAGES)
def test_it_never_shows_a_branch_head_another_branch(url: str, base: dict[str, Client], browser_of: BrowserOf) -> None:
    page = browser_of("branch_head").get(url, Asked(branch=base["far"].branch_id, on=NIGHT))
    assert page.status_code == 200
    told = page.context
    assert "matrix" not in told or told["matrix"].total.clients == 0
    assert "report" not in told or not getattr(told["report"].total, "clients", 0)
    assert "figures" not in told or not told["figures"].get("clients")


def test_it_offers_a_branch_head_no_other_branch(base: dict[str, Client], browser_of: BrowserOf) -> None:
    assert browser_of("branch_head").get("/segmentation/").context["branches"] == []
    offered = browser_of("hos").get("/segmentation/").context["branches"]
    assert base["far"].branch in offered
    assert len(offered) > 1


def test_it_keeps_the_branch_in_the_address(base: dict[str, Client], browser_of: BrowserOf) -> None:
    far = base["far"].branch_id
    page = browser_of("hos").get("/segmentation/priorities/", Asked(branch=far, view="proposed"))
    assert all(f"branch={far}" in tab["url"] for tab in page.context["views"])
    assert ("view", "proposed") in page.context["branch_kept"]
    top = browser_of("hos").get("/segmentation/top/", Asked(branch=far))
    assert ("branch", str(far)) in top.context["hidden"]

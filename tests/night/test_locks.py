"""The night and a person's batch at the same clients: both lock in the order of clients, so neither is broken off."""

from __future__ import annotations

from threading import Thread
from time import monotonic, sleep
from typing import Any

import pytest
from django.db import connection, transaction

from clients.models import Client, Standing
from salescrm.base import sql
from tests import make
from tests.at_once import MOST_SECONDS, waits
from tests.conftest import TODAY

pytestmark = pytest.mark.django_db(transaction=True)

NO_NORM = dict.fromkeys(("top_months", "new_months", "shop_months", "other_months", "zero_days"))
BEFORE: dict[str, Any] = {"abc": "A", "xyz": "X", "top": True, "turnover": 5, "contact_months": 1}
STATEMENTS: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "write_standing_classes": ({}, {"abc": "", "xyz": ""}),
    "write_standing_top": ({}, {"top": False}),
    "write_standing_turnover": (
        {
            "everybody": True, "window_start": TODAY, "window_end": TODAY, "before_start": TODAY, "from_month": TODAY,
        },
        {"turnover": 0},
    ),
    "write_contact_norms": (
        NO_NORM | {"as_of": TODAY, "is_on": False, "by_calendar": False, "shop_segments": [], "most_at_once": 9}
        | {"everybody": True, "client_ids": []},
        {"contact_months": None},
    ),
}  # fmt: skip


def held(clients: list[Client]) -> None:
    """Lock these clients' rows, as an act on many clients does, in the order of clients."""
    rows = Standing.objects.select_for_update(no_key=True).filter(client__in=clients).order_by("client")
    list(rows.values_list("pk", flat=True))


@pytest.mark.parametrize("name", list(STATEMENTS))
def test_the_night_waits_for_the_first_of_a_batch_and_holds_nothing(name: str) -> None:
    parameters, after = STATEMENTS[name]
    with transaction.atomic():  # a client and its first owner are one
        owner = make.employee("first")
        clients = [make.client(f"client {n}", owner, standing=BEFORE) for n in range(3)]
    for client in reversed(clients):  # the rows lie in the table the other way round
        Standing.objects.filter(client=client).update(previous_class="AX")
    failed: list[Exception] = []

    def night() -> None:
        try:
            with transaction.atomic():
                with connection.cursor() as cursor:
                    cursor.execute(
                        "CREATE TEMP TABLE night_class (client_id bigint, abc text, xyz text, key_client boolean)"
                        " ON COMMIT DROP"
                    )
                sql.run("segmentation", name, parameters)
        except Exception as fault:  # whatever broke it off is the finding
            failed.append(fault)
        finally:
            connection.close()

    thread = Thread(target=night)
    with transaction.atomic():
        held(clients[:1])
        thread.start()
        end = monotonic() + MOST_SECONDS
        while thread.is_alive() and not waits() and monotonic() < end:
            sleep(0.02)
        held(clients)
    thread.join(MOST_SECONDS)
    assert failed == []
    expected = [tuple(after.values())] * 3
    assert list(Standing.objects.order_by("client").values_list(*after)) == expected

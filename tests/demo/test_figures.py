"""The case's figures come out of the sample company's documents, counted by SQL that knows nothing of the generator."""

# statements are put together from the constants of this file

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from django.db import connection, transaction
from pytest_django.plugin import DjangoDbBlocker
from stdnum.ru import inn

from clients.models import LegalEntity
from salescrm.demo import company, figures

UNTIL = date(2026, 7, 15)
FIRST, SECOND, THIRD, END = date(2025, 1, 1), date(2025, 7, 1), date(2026, 1, 1), date(2026, 7, 1)


@pytest.fixture(scope="module", autouse=True)
def sample(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    with django_db_blocker.unblock(), transaction.atomic():
        company.fill(1, UNTIL)
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")  # nobody else counts rows of a transaction still open, and plans go by counts
        yield
        transaction.set_rollback(True)


def value(statement: str, *parameters: Any) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        (row,) = cursor.fetchall()
        return row[0] if len(row) == 1 else row


def table(statement: str, *parameters: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows


# bought: client, half-year (1-3), purchases, net turnover
BOUGHT = """
    WITH document AS (
        SELECT entity.client_id, shipment.day, shipment.total,
               CASE WHEN day < '2025-07-01' THEN 1 WHEN day < '2026-01-01' THEN 2 ELSE 3 END AS half
        FROM clients_shipment AS shipment JOIN clients_legalentity AS entity ON entity.id = shipment.legal_entity_id
        WHERE day >= '2025-01-01' AND day < '2026-07-01'
    ),
    bought AS (
        SELECT client_id,
               count(*) FILTER (WHERE total > 0) AS documents,
               count(DISTINCT day) FILTER (WHERE total > 0) AS purchases,
               bool_or(half = 1) AS in_first, bool_or(half = 2) AS in_second, bool_or(half = 3) AS in_third,
               coalesce(sum(total) FILTER (WHERE half = 1), 0) AS first_net,
               coalesce(sum(total) FILTER (WHERE half = 3), 0) AS third_net,
               coalesce(sum(total) FILTER (WHERE half < 3), 0) AS year_net,
               coalesce(sum(total) FILTER (WHERE half > 1), 0) AS window_net
        FROM document GROUP BY client_id
    )
"""
# key client: the cumulative share of the first two half-years before it is below 80 %
KEYED = (
    BOUGHT
    + """,
    ranked AS (
        SELECT bought.*, sum(year_net) OVER (ORDER BY year_net DESC, client_id) - year_net AS before_it,
               sum(year_net) OVER () AS year_all
        FROM bought
    ),
    key_client AS (SELECT * FROM ranked WHERE in_first OR in_second) """
)
# direction of a client: that of its lines' category
DIRECTED = (
    BOUGHT
    + """,
    directed AS (
        SELECT entity.client_id, coalesce(max(direction.code), '') AS direction,
               count(DISTINCT coalesce(direction.code, '')) AS directions
        FROM clients_shipmentline AS line
        JOIN clients_shipment AS shipment ON shipment.id = line.shipment_id
        JOIN clients_legalentity AS entity ON entity.id = shipment.legal_entity_id
        JOIN clients_product AS product ON product.id = line.product_id
        LEFT JOIN clients_category AS category ON category.id = product.category_id
        LEFT JOIN clients_direction AS direction ON direction.id = category.direction_id
        GROUP BY entity.client_id
    )
"""
)


@pytest.mark.django_db  # one marked test has the test base made, also where this module runs alone
def test_it_has_the_bases_of_the_half_years_and_of_the_window() -> None:
    counted = value(
        BOUGHT + "SELECT count(*) FILTER (WHERE in_first), count(*) FILTER (WHERE in_third), count(*), "
        "count(*) FILTER (WHERE in_first OR in_second) FROM bought"
    )

    assert counted == (1185, 1395, 2599, 1964)


def test_it_has_the_new_lost_and_retained_clients() -> None:
    counted = value(
        BOUGHT + "SELECT count(*) FILTER (WHERE NOT in_first), count(*) FILTER (WHERE NOT in_third), "
        "count(*) FILTER (WHERE NOT in_first AND in_second), count(*) FILTER (WHERE NOT (in_first OR in_second)), "
        "count(*) FILTER (WHERE in_third AND (in_first OR in_second)) FROM bought"
    )

    assert counted == (1414, 1204, 779, 635, 760)


@pytest.mark.parametrize("measure", ["documents", "purchases"])
def test_it_has_the_one_time_buyers(measure: str) -> None:
    counted = value(
        BOUGHT + f"SELECT count(*) FILTER (WHERE {measure} = 1), "
        f"count(*) FILTER (WHERE {measure} = 1 AND NOT in_first) FROM bought"
    )

    assert counted == (1429, 1042)


def test_one_time_buyers_bring_about_a_tenth_of_turnover() -> None:
    share = value(
        BOUGHT
        + "SELECT sum(first_net + window_net) FILTER (WHERE documents = 1) / sum(first_net + window_net) FROM bought"
    )

    assert 0.07 <= share <= 0.12


def test_it_has_the_directions_one_per_client() -> None:
    third = dict(
        table(
            DIRECTED
            + "SELECT direction, count(*) FROM bought JOIN directed USING (client_id) WHERE in_third GROUP BY direction"
        )
    )
    first = value(
        DIRECTED + "SELECT count(*) FILTER (WHERE in_first AND direction = 'promo'), max(directions) "
        "FROM bought JOIN directed USING (client_id)"
    )

    assert third == {"home": 92, "promo": 1217, "": 86}
    assert first == (1016, 1)


def test_it_has_the_key_clients_and_what_became_of_them() -> None:
    counted = value(
        KEYED + "SELECT count(*), count(*) FILTER (WHERE in_first), count(*) FILTER (WHERE in_third), "
        "round(sum(first_net) / 1000), round(sum(third_net) / 1000) FROM key_client WHERE before_it < 0.8 * year_all"
    )

    assert counted == (277, 256, 214, 55613, 42574)


def test_the_largest_client_has_not_two_per_cent_of_the_year() -> None:
    share = value(BOUGHT + "SELECT max(year_net) / sum(year_net) FROM bought")

    assert round(float(share), 3) == 0.019


def test_the_directions_have_their_shares_of_the_third_half_year() -> None:
    shares = dict(
        table(
            DIRECTED + "SELECT direction, round(100 * sum(third_net) / sum(sum(third_net)) OVER ()) "
            "FROM bought JOIN directed USING (client_id) GROUP BY direction"
        )
    )

    assert shares == {"home": 7, "promo": 92, "": 1}


def test_the_average_shipment_fell_by_direction() -> None:
    falls = dict(
        table(
            DIRECTED + "SELECT direction, round(100 * (sum(total) FILTER (WHERE half = 3) / "
            "count(*) FILTER (WHERE half = 3 AND total > 0)) / "
            "(sum(total) FILTER (WHERE half < 3) / count(*) FILTER (WHERE half < 3 AND total > 0)) - 100) "
            "FROM document JOIN directed USING (client_id) GROUP BY direction"
        )
    )

    assert (falls["promo"], falls["home"]) == (-17, -18)


@pytest.mark.parametrize(("direction", "peaks"), [("promo", {4, 5}), ("home", {1, 2, 9, 10})])
def test_the_seasons_have_their_peaks(direction: str, peaks: set[int]) -> None:
    months = table(
        DIRECTED + "SELECT extract(month FROM day)::int FROM document JOIN directed USING (client_id) "
        "WHERE direction = %s AND half < 3 GROUP BY 1 ORDER BY sum(total) DESC",
        direction,
    )

    assert {month for (month,) in months[: len(peaks)]} == peaks


# The demo's rule set, by hand: window of 12 months, ABC 80/95, XYZ by months from the first purchase, cells AX AY BX.
TOP = """
    WITH purchase AS (
        SELECT entity.client_id, shipment.day, shipment.total
        FROM clients_shipment AS shipment JOIN clients_legalentity AS entity ON entity.id = shipment.legal_entity_id
        WHERE day < '2026-07-01'
    ),
    measured AS (
        SELECT client_id, sum(total) FILTER (WHERE day >= '2025-07-01') AS net,
               count(DISTINCT date_trunc('month', day)) FILTER (WHERE day >= '2025-07-01' AND total > 0) AS months,
               12 * (2026 - extract(year FROM greatest(min(day), '2025-07-01'))) + 7
                 - extract(month FROM greatest(min(day), '2025-07-01')) AS units,
               max(day) FILTER (WHERE total > 0) AS last_on
        FROM purchase GROUP BY client_id HAVING max(day) >= '2025-07-01'
    ),
    shared AS (
        SELECT *, (sum(net) OVER (ORDER BY net DESC, client_id) - net) / sum(net) OVER () AS before_it,
               sum(net) OVER () AS net_all
        FROM measured WHERE net > 0
    ),
    lettered AS (
        SELECT *, CASE WHEN before_it < 0.8 THEN 'A' WHEN before_it < 0.95 THEN 'B' ELSE 'C' END AS abc,
               CASE WHEN units < 3 THEN '' WHEN months >= 0.5 * units AND months >= 3 THEN 'X'
                    WHEN months >= 0.25 * units AND months >= 2 THEN 'Y' ELSE 'Z' END AS xyz
        FROM shared
    ),
    ranked AS (
        SELECT *, row_number() OVER (ORDER BY net DESC, client_id) AS place
        FROM lettered WHERE abc || xyz IN ('AX', 'AY', 'BX')
    )
"""


def test_the_rules_give_the_top_list_and_it_covers_two_thirds_of_turnover() -> None:
    size, buying, share, in_third = value(
        TOP + "SELECT count(*), count(*) FILTER (WHERE last_on >= '2026-06-01'), sum(net) / max(net_all), "
        "count(*) FILTER (WHERE last_on >= '2026-01-01') FROM ranked WHERE place <= %s",
        figures.TOP_SIZE,
    )

    assert (size, buying, in_third) == (248, 248, 248)
    assert abs(float(share) - 0.67) < 0.03
    assert value(TOP + "SELECT count(*) FROM ranked") > 248


def test_the_portfolios_are_those_of_appendix_3() -> None:
    rows = table(
        TOP + "SELECT branch.code, place IS NOT NULL AND place <= 248, count(*), count(DISTINCT owner.id), "
        "max(owner.role) FROM measured LEFT JOIN ranked USING (client_id) "
        "JOIN clients_client AS client ON client.id = client_id JOIN staff_branch AS branch ON branch.id = branch_id "
        "JOIN clients_ownership AS own ON own.client_id = client.id AND own.ends_on IS NULL "
        "JOIN staff_employee AS owner ON owner.id = own.owner_id "
        "WHERE measured.last_on >= '2026-01-01' AND owner.role = 'csm' GROUP BY 1, 2 ORDER BY 1, 2"
    )

    assert rows == [
        ("msk", False, 374, 2, "csm"),
        ("msk", True, 89, 2, "csm"),
        ("spb", False, 772, 4, "csm"),
        ("spb", True, 159, 4, "csm"),
    ]


def test_two_documents_in_a_hundred_are_returns() -> None:
    share = value("SELECT avg((total < 0)::int) FROM clients_shipment WHERE day < '2026-07-01'")

    assert 0.01 <= share <= 0.03


def test_it_goes_on_at_the_same_pace_until_the_last_day() -> None:
    first, last, documents = value(
        "SELECT min(day), max(day), count(*) FROM clients_shipment WHERE day >= '2026-07-01'"
    )

    assert END <= first <= last <= UNTIL
    assert 15 * 12 < documents < 15 * 30


def test_each_document_is_the_sum_of_its_lines() -> None:
    wrong = value(
        "SELECT count(*) FROM clients_shipment AS shipment WHERE total <> "
        "(SELECT sum(amount) FROM clients_shipmentline WHERE shipment_id = shipment.id)"
    )
    lines = value("SELECT count(*) FROM clients_shipmentline WHERE amount <> round(quantity * price, 4)")

    assert (wrong, lines) == (0, 0)


def test_all_tax_ids_have_a_valid_checksum() -> None:
    numbers = LegalEntity.objects.values_list("inn", flat=True)

    assert len(numbers) > 2600
    assert all(inn.is_valid(number) for number in numbers)


def test_every_client_has_its_line_of_owners_and_its_standing() -> None:
    clients, owners, standings = value(
        "SELECT (SELECT count(*) FROM clients_client), (SELECT count(*) FROM clients_ownership WHERE ends_on IS NULL), "
        "(SELECT count(*) FROM clients_standing)"
    )

    assert clients == owners == standings


def test_every_touched_month_is_marked_for_the_night() -> None:
    missing = value(
        "SELECT count(*) FROM clients_shipment AS shipment WHERE NOT EXISTS "
        "(SELECT FROM clients_touchedmonth AS touched WHERE touched.month = date_trunc('month', shipment.day) "
        "AND touched.legal_entity_id = shipment.legal_entity_id)"
    )

    assert missing == 0

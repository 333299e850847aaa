"""The measures of the speed table; each yields results and may change the base it was given."""

from __future__ import annotations

import io
import json
import random
from collections.abc import Iterator
from contextlib import redirect_stdout
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import urlencode

from django.core.management import call_command
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from bench.base import Bench, Result, answer_times, best, execute, head, p95, seconds, signed_in
from clients import words
from kpi.measures import computing
from salescrm.base.models import StepRun
from staff.access import Role
from staff.models import Employee

LAST = date(2026, 7, 15)
CLIENTS, SHIPMENTS = 20_000, 500_000  # 2,000,000 lines
SCAN = """
SELECT entity.client_id, date_trunc('month', shipment.day), sum(line.amount)
FROM clients_shipmentline line
JOIN clients_shipment shipment ON shipment.id = line.shipment_id
JOIN clients_legalentity entity ON entity.id = shipment.legal_entity_id
GROUP BY 1, 2
"""


def night(as_of: date, **options: Any) -> tuple[float, dict[str, Any]]:
    """Run a night; return its seconds and what it said."""
    said = io.StringIO()
    with redirect_stdout(said):
        took = seconds(lambda: call_command("nightly", as_of=as_of, json=True, **options))
    return took, dict(json.loads(said.getvalue()))


def forget_nights() -> None:
    """Empty what nights have computed, so that the next one builds everything."""
    tables = ["base_steprun", *(f"segmentation_{name}" for name in COMPUTED)]
    execute(f"TRUNCATE {', '.join(tables)} CASCADE")


COMPUTED = [
    "monthlyturnover",
    "purchaseday",
    "categoryturnover",
    "classification",
    "topmembership",
    "clientstate",
    "statuschange",
    "zerocase",
]


def nights(bench: Bench) -> Iterator[Result]:
    """A rebuild (the table by category, built from lines, apart) and a quiet night against a scan of all lines.

    The first night of all, which writes every row for the first time, has no bar; it is told beside the rebuild.
    """
    bench.base(CLIENTS, SHIPMENTS)
    scan = best(lambda: execute(f"SELECT count(*) FROM ({SCAN}) scanned"))
    forget_nights()
    first, _said = night(LAST - timedelta(days=1))
    execute("VACUUM ANALYZE")
    full, _said = night(LAST, rebuild=True)
    category = float(StepRun.objects.get(step="turnover", as_of=LAST).detail["seconds_categories"])
    detail = f"{full - category:.2f} s / {scan:.2f} s; the first night, with categories: {first:.2f} s"
    yield Result("night, full rebuild / scan", (full - category) / scan, 2, detail)
    quiet = min(night(LAST + timedelta(days=n))[0] for n in (1, 2, 3))
    yield Result("night, nothing changed / scan", quiet / scan, 0.25, f"{quiet:.2f} s / {scan:.2f} s")
    bench.spoil()


def growth(bench: Bench) -> Iterator[Result]:
    """The same daily changes on a history ten times as long."""
    took = {}
    for size, shipments in (("short", SHIPMENTS // 10), ("long", SHIPMENTS)):
        bench.base(CLIENTS, shipments)
        forget_nights()
        night(LAST - timedelta(days=1))
        times = []
        for number in range(3):
            day = LAST + timedelta(days=number)
            buy(day, 300, number)
            times.append(night(day)[0])
        took[size] = min(times)
        bench.spoil()
    ratio = took["long"] / took["short"]
    yield Result("night, history × 10", ratio, 1.2, f"{took['long']:.2f} s / {took['short']:.2f} s")


def buy(day: date, documents: int, seed: int) -> None:
    """Add one document a client for the first `documents` clients, as an import would leave them."""
    execute(
        """
        WITH buyer AS (
            SELECT min(id) AS id, client_id FROM clients_legalentity GROUP BY client_id ORDER BY client_id LIMIT %s
        ),
        made AS (
            INSERT INTO clients_shipment (source_id, external_id, number, period, legal_entity_id, day, total, currency,
                                          rate, content)
            SELECT (SELECT min(id) FROM clients_source), '', 'BENCH-' || %s || '-' || id, 2026, id, %s, 1000, '', 1,
                   md5(id::text || %s)::uuid
            FROM buyer RETURNING id, legal_entity_id, day
        ),
        lines AS (
            INSERT INTO clients_shipmentline (shipment_id, position, amount) SELECT id, 1, 1000 FROM made
        )
        INSERT INTO clients_touchedmonth (legal_entity_id, month)
        SELECT legal_entity_id, date_trunc('month', day) FROM made
        """,
        [documents, seed, day, str(seed)],
    )


def imports(bench: Bench) -> Iterator[Result]:
    """A csv of a million lines through the product against COPY of the same lines into the same indexed table."""
    bench.base(2_000, 4_000)
    lines = round(1_000_000 * bench.scale)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "orders.csv"
        write_orders(path, lines)
        raw = copy_lines()
        said = io.StringIO()
        with redirect_stdout(said):
            took = seconds(lambda: call_command("import_orders", str(path), json=True))
        rows = json.loads(said.getvalue())["lines"]
        raw_took, raw_rows = raw
        ours, theirs = rows / took, raw_rows / raw_took
        detail = f"COPY {theirs:,.0f} rows/s / import {ours:,.0f} rows/s"
        yield Result("import, 1M lines: COPY / import", theirs / ours, 4, detail)
    bench.spoil()


def write_orders(path: Path, lines: int) -> None:
    """Write orders of five lines each, 5,000 clients, two years."""
    chance = random.Random(1)
    with path.open("w", encoding="utf-8") as file:
        file.write("Контрагент;Номер;Дата;Товар;Количество;Цена;Сумма\n")
        for number in range(lines // 5):
            day = date(2024, 7, 1) + timedelta(days=number * 730 // (lines // 5))
            client = chance.randrange(5000)
            for line in range(5):
                price = chance.randrange(100, 99_999)
                file.write(
                    f"Покупатель {client};Б{number};{day:%d.%m.%Y};Товар {line};{line + 1};{price / 100:.2f};"
                    f"{price * (line + 1) / 100:.2f}\n"
                )


def copy_lines() -> tuple[float, int]:
    """COPY half a million lines into an empty table with the keys, indexes and foreign keys of the real one."""
    ships = [row[0] for row in execute("SELECT id FROM clients_shipment ORDER BY id LIMIT 4000")]
    (product,) = execute("SELECT min(id) FROM clients_product")[0]
    each, known = 500_000 // len(ships), product or "\\N"
    rows = "".join(f"{ship}\t{n}\t{known}\t1.0000\t10.0000\t10.0000\n" for ship in ships for n in range(1, each + 1))
    execute("DROP TABLE IF EXISTS bench_line")
    execute("CREATE TABLE bench_line (LIKE clients_shipmentline INCLUDING ALL)")
    for column, table in (("shipment_id", "clients_shipment"), ("product_id", "clients_product")):
        execute(f"ALTER TABLE bench_line ADD FOREIGN KEY ({column}) REFERENCES {table} DEFERRABLE INITIALLY DEFERRED")
    columns = ("shipment_id", "position", "product_id", "quantity", "price", "amount")
    with connection.cursor() as cursor:
        took = seconds(lambda: cursor.copy_from(io.StringIO(rows), "bench_line", columns=columns))
    execute("DROP TABLE bench_line")
    return took, each * len(ships)


def pages(bench: Bench) -> Iterator[Result]:
    """The list of clients, the card and the search against an empty page of the frame."""
    bench.base(CLIENTS, SHIPMENTS)
    night(LAST)
    browser = head()
    (client,) = execute("SELECT client_id FROM clients_standing ORDER BY turnover DESC LIMIT 1")[0]
    empty = p50(answer_times(browser, [reverse("search")], 30))
    asked = {
        "list of clients": reverse("clients:client-list"),
        "card": reverse("clients:client-card", args=[client]),
        "search": reverse("search-palette") + "?q=текстиль",
    }
    for name, url in asked.items():
        took = p50(answer_times(browser, [url], 20))
        with CaptureQueriesContext(connection) as queries:
            browser.get(url)
        yield Result(f"{name} / empty page", took / empty, 4, f"{took * 1000:.0f} ms / {empty * 1000:.0f} ms")
        yield Result(f"{name}, queries", len(queries), 12, "statements in one request")


def p50(samples: list[float]) -> float:
    """Return the median."""
    return sorted(samples)[len(samples) // 2]


FILTERS = [
    "",
    "?sort=name",
    "?sort=-bought",
    "?sort=expected",
    "?sort=handover",
    "?abc=A",
    "?abc=A&xyz=X&sort=name",
    "?top=yes",
    "?state=zero&sort=handover",
    "?state=lost&sort=-turnover",
    "?owner=2",
    "?owner=2&sort=name",
    "?branch=1&abc=B",
    "?bought=..-6m",
    "?q=текстиль",
    "?before=end",
]


# words that all, a tenth and one have, wrong layout, parts of an INN, a number, a phone; a person; tasks; slips in a
# word, in one of two, in a person, in a task; two words of which many have each and nobody both; parts of three figures
SEARCHED = [
    "клиент", "текстиль", "0012345", "ntrcnbkm", "текстль", "780001", "D-0001", "+7 921 000", "волков анна",
    "позвонить", "клиент тексиль", "волква анна", "позвноить", "орбита вектор", "921", "0012"
]  # fmt: skip
# of every fourth client somebody with a phone, and a task most of which are called the same
PEOPLE = """
    INSERT INTO clients_contact (client_id, name, name_key, position, role, preferred, note, created_on)
    SELECT id, surname || ' Анна', surname_key || ' anna', '', '', '', '', %s
    FROM clients_client
    JOIN (
        SELECT * FROM unnest(ARRAY['Волков', 'Иванов', 'Петров', 'Попов'], ARRAY['volkov', 'ivanov', 'petrov', 'popov'])
                      WITH ORDINALITY AS told (surname, surname_key, place)
    ) AS surname ON place = 1 + id / 4 %% 4
    WHERE id %% 4 = 0
"""
PHONES = """
    INSERT INTO clients_contactpoint (client_id, contact_id, kind, value, value_key, failed_attempts, dead_reason)
    SELECT client_id, id, 'phone', '+7921' || lpad(id::text, 7, '0'), '+7921' || lpad(id::text, 7, '0'), 0, ''
    FROM clients_contact
"""
TASKS = """
    INSERT INTO deals_task (client_id, assignee_id, title, kind, due_on, priority, needs_result, result, origin, state,
                            created_at)
    SELECT client_id, owner_id, CASE client_id %% 100 WHEN 0 THEN 'Отправить каталог' ELSE 'Позвонить по норме' END,
           'call', %s, 2, false, '', '', 'open', %s
    FROM clients_ownership WHERE ends_on IS NULL AND client_id %% 4 = 0
"""
SUMMED = ["", "?branch=1", "?owner=2", "?abc=A", "?branch=1&state=lost"]  # none of them is kept between requests


def million(bench: Bench) -> Iterator[Result]:
    """Rows of the list at a million clients against twenty thousand, over filters, sorts and the last page; totals."""
    took, totals = {}, 0.0
    for size in (CLIENTS, 1_000_000):
        bench.base(size, size)
        night(LAST)
        browser = head()
        urls = [reverse("clients:client-list") + query for query in FILTERS]
        took[size] = p95(answer_times(browser, urls, 5))
        totals = max(answer_times(browser, [reverse("clients:client-totals") + query for query in SUMMED], 5))
        bench.spoil()
    ratio = took[1_000_000] / took[CLIENTS]
    detail = f"{took[1_000_000] * 1000:.0f} ms / {took[CLIENTS] * 1000:.0f} ms"
    yield Result("list at 1M clients / at 20k, p95", ratio, 2, detail)
    yield Result("totals at 1M clients, ms", totals * 1000, 150, "second request: all, a branch, an owner, a class")


def search_million(bench: Bench) -> Iterator[Result]:
    """The palette at a million clients, people and tasks, by who asks; no night is needed for it."""
    bench.base(1_000_000, 1_000_000)
    for statement, parameters in ((PEOPLE, [LAST]), (PHONES, []), (TASKS, [LAST, LAST])):
        execute(statement, parameters)
    few, many = owners(round(250 * bench.scale) or 1, round(50_000 * bench.scale))
    words.work_off()
    execute("VACUUM ANALYZE")
    for name, browser in (("the head", head()), ("250 own clients", signed_in(few)), ("50,000 own", signed_in(many))):
        took = search_times(browser)
        slowest = ", ".join(f"{text} {took[text] * 1000:.0f}" for text in sorted(took, key=lambda one: -took[one])[:3])
        yield Result(f"search at 1M clients, {name}, ms", p95(list(took.values())) * 1000, 100, f"slowest: {slowest}")
    bench.spoil()


def owners(few: int, many: int) -> tuple[Employee, Employee]:
    """Give a few and many clients, spread over all, to one manager each."""
    found = list(Employee.objects.filter(role__in=[Role.BDM_KEY, Role.BDM_RECOVERY]).order_by("pk")[:2])
    order = "SELECT id FROM clients_client ORDER BY hashint8(id), id"
    given = f"UPDATE clients_ownership SET owner_id = %s WHERE client_id IN ({order} LIMIT %s OFFSET %s)"
    execute(given, [found[0].pk, few, 0])
    execute(given, [found[1].pk, many, few])
    return found[0], found[1]


def search_times(browser: Browser) -> dict[str, float]:
    """Return by text the best of five answers of the palette: a busy machine says more of itself than of us."""
    urls = {text: f"{reverse('search-palette')}?{urlencode({'q': text})}" for text in SEARCHED}
    return {text: min(answer_times(browser, [url], 5)) for text, url in urls.items()}


def kpi_board(bench: Bench) -> Iterator[Result]:
    """The head's board of a month from stored results, by people: its queries and milliseconds."""
    bench.base(CLIENTS, SHIPMENTS)
    night(LAST)
    computing.backfill(13, LAST)
    url = f"{reverse('kpi:board')}?month={LAST:%Y-%m}&by=person"
    browser = head()
    took = p95(answer_times(browser, [url], 20))
    with CaptureQueriesContext(connection) as queries:
        browser.get(url)
    yield Result("KPI board, queries", len(queries), 15, "statements in one request")
    yield Result("KPI board, ms", took * 1000, 300, "the head's, by people, p95")
    bench.spoil()


OPEN_DEALS = """
    INSERT INTO deals_deal (title, pipeline_id, stage_id, state, client_id, owner_id, amount, currency, order_number,
                            expected_on, source, opened_on, entered_stage_on, next_task_on, origin, version)
    SELECT 'Заказ ' || n, stage.pipeline_id, stage.id, 'open', held.client_id, held.owner_id, n * 37 %% 100000, 'RUB',
           '', %s::date + n %% 60, 'own', %s::date - n %% 90, %s::date - n %% 30, %s::date + n %% 21 - 7, '', 1
    FROM generate_series(%s, %s) AS n
    JOIN (
        SELECT client_id, owner_id, row_number() OVER (ORDER BY client_id) - 1 AS place, count(*) OVER () AS size
        FROM clients_ownership
        WHERE ends_on IS NULL
    ) AS held ON held.place = n %% held.size
    JOIN (
        SELECT stage.id, stage.pipeline_id, row_number() OVER (ORDER BY stage."order") - 1 AS place,
               count(*) OVER () AS size
        FROM deals_stage stage
        JOIN deals_pipeline pipeline ON pipeline.id = stage.pipeline_id
        WHERE pipeline.purpose = 'shipment' AND stage.kind = 'open'
    ) AS stage ON stage.place = n %% stage.size
"""
OPEN_TASKS = """
    INSERT INTO deals_task (client_id, assignee_id, title, kind, due_on, priority, needs_result, result, origin, state,
                            created_at)
    SELECT held.client_id, held.owner_id, 'Позвонить ' || n, 'call', %s::date + n %% 60 - 10, n %% 3 + 1, false, '', '',
           'open', now()
    FROM generate_series(%s, %s) AS n
    JOIN (
        SELECT client_id, owner_id, row_number() OVER (ORDER BY client_id) - 1 AS place, count(*) OVER () AS size
        FROM clients_ownership
        WHERE ends_on IS NULL
    ) AS held ON held.place = n %% held.size
"""
BOARDS = ["", "?amount=5000..", "?owner=2", "?opened=-30d.."]
TASK_LISTS = ["", "?state=open", "?state=open&assignee=2", "?sort=title", "?state=open&sort=-due", "?q=Позвонить+77"]


def work(bench: Bench) -> Iterator[Result]:
    """The deal board at a hundred thousand open deals against a thousand; the task list at a million against 20,000."""
    bench.base(CLIENTS, SHIPMENTS)
    browser, done = head(), {"deals": 0, "tasks": 0}
    took: dict[tuple[str, int], float] = {}
    boards = [reverse("deals:deal-board") + query for query in BOARDS]
    lists = [reverse("deals:task-list") + query for query in TASK_LISTS]
    for name, size, urls in (("deals", 1_000, boards), ("deals", 100_000, boards),
                             ("tasks", 20_000, lists), ("tasks", 1_000_000, lists)):  # fmt: skip
        wanted = round(size * bench.scale)
        parameters = [LAST] * 4 if name == "deals" else [LAST]
        execute(OPEN_DEALS if name == "deals" else OPEN_TASKS, [*parameters, done[name] + 1, wanted])
        done[name] = wanted
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")
        took[name, size] = p95(answer_times(browser, urls, 5))
    for name, words_of, few, many, url in (
        ("deals", "deal board at 100k open deals / at 1k, p95", 1_000, 100_000, boards[0]),
        ("tasks", "task list at 1M tasks / at 20k, p95", 20_000, 1_000_000, lists[1]),
    ):
        detail = f"{took[name, many] * 1000:.0f} ms / {took[name, few] * 1000:.0f} ms"
        yield Result(words_of, took[name, many] / took[name, few], 2, detail)
        with CaptureQueriesContext(connection) as queries:
            browser.get(url)
        yield Result(f"{words_of.split(' at ')[0]}, queries", len(queries), 12, "statements in one request")
    bench.spoil()


def hand_overs(bench: Bench) -> Iterator[Result]:
    """Statements of a night that hands over ten thousand clients against one that hands over a hundred."""
    statements = {}
    for clients in (200, 20_000):
        bench.base(clients, clients * 4)
        execute("UPDATE staff_employee SET recovery_limit = 1000000 WHERE role = 'bdm_recovery'")
        execute("UPDATE segmentation_ruleset SET feed_guard = false, size_guard = false, backlog_guard = false")
        forget_nights()
        with CaptureQueriesContext(connection) as queries:
            said = night(LAST + timedelta(days=400))[1]
        statements[clients] = (len(queries), said["zero"]["handed_over"])
        bench.spoil()
    few, many = statements[200], statements[20_000]
    detail = f"{many[0]} for {many[1]} clients / {few[0]} for {few[1]}"
    yield Result("hand-over, statements", many[0] / few[0], 1.0, detail)


ALL = [nights, growth, imports, pages, million, search_million, hand_overs, kpi_board, work]

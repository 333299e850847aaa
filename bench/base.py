"""What the measures share: bases of a size, seconds of a call, a result."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

from django.core.management import call_command
from django.db import connection
from django.test import Client as Browser

from staff.access import Role
from staff.models import Employee


@dataclass(frozen=True)
class Result:
    """One ratio held against its bar; `detail` says what stands above and below the line."""

    name: str
    ratio: float
    bar: float
    detail: str

    def line(self, slack: float = 1.0) -> str:
        """Return the row of the printed table."""
        verdict = "ok" if self.ratio <= self.bar else ("near" if self.ratio <= self.bar * slack else "OVER")
        return f"{verdict:5} {self.name:44} {self.ratio:8.3f}  bar {self.bar:<6g} {self.detail}"


class Bench:
    """Bases on the bench's own servers; each is made once per size and kept for the next measure."""

    def __init__(self, scale: float) -> None:
        self.scale = scale
        self.size: tuple[int, int] = (0, 0)

    def base(self, clients: int, shipments: int) -> None:
        """Have a fresh base of that many clients and documents (before scaling); four lines a document."""
        wanted = (round(clients * self.scale), round(shipments * self.scale))
        if self.size == wanted:
            return
        empty()
        call_command("reference", verbosity=0)
        call_command("demo", clients=wanted[0], shipments=wanted[1], until=date(2026, 7, 15), verbosity=0)
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")
        self.size = wanted

    def spoil(self) -> None:
        """Say that the base has been changed and must be made anew for the next measure."""
        self.size = (0, 0)


def empty() -> None:
    """Empty every table of ours, or make the tables."""
    call_command("migrate", verbosity=0)
    tables = [name for name in connection.introspection.table_names() if name.split("_")[0] in OURS]
    with connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {', '.join(tables)} RESTART IDENTITY CASCADE")


OURS = {"base", "staff", "clients", "deals", "segmentation", "kpi"}


def seconds(work: Callable[[], Any]) -> float:
    """Return how long the work took."""
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def best(work: Callable[[], Any], times: int = 3) -> float:
    """Return the shortest of several runs."""
    return min(seconds(work) for _run in range(times))


def p95(samples: list[float]) -> float:
    """Return the 95th percentile."""
    return statistics.quantiles(samples, n=20, method="inclusive")[-1]


def execute(statement: str, parameters: list[Any] | None = None) -> list[Any]:
    """Run a statement and return its rows, if it has any."""
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return list(cursor.fetchall()) if cursor.description else []


def head() -> Browser:
    """Return a browser signed in as the head of sales."""
    return signed_in(Employee.objects.filter(role=Role.HOS)[0])


def signed_in(person: Employee) -> Browser:
    """Return a browser signed in as a person."""
    browser = Browser(headers={"accept-language": "ru"}, SERVER_NAME="localhost")
    browser.force_login(person)
    return browser


def answer_times(browser: Browser, urls: list[str], rounds: int) -> list[float]:
    """Time answers to addresses, each asked once before to warm it up; fail on anything but 200."""
    for url in urls:
        status = browser.get(url).status_code
        assert status == 200, f"{url}: {status}"
    return [seconds(partial(browser.get, url)) for _round in range(rounds) for url in urls]

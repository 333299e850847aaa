"""The program on real servers: Debian's PostgreSQL 15 and Redis 7, named by DATABASE_URL and REDIS_URL."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import psycopg2
import pytest

from salescrm.embedded.system import Account, run, server_account
from tests import needs
from tests.house.homes import HomeOfTest, reachable_folder
from tests.house.test_run import Running, free_port  # noqa: F401  # a fixture

pytestmark = pytest.mark.slow
CHOSEN = [  # of every room what asks most of a server: nights, lists, search, figures, files in, jobs
    "base",
    "clients/test_duplicates.py",
    "clients/test_filters.py",
    "clients/test_list.py",
    "deals/test_norm.py",
    "deals/test_tasks.py",
    "home/test_my_day.py",
    "intake/test_orders.py",
    "kpi/test_board.py",
    "kpi/test_results.py",
    "lists",
    "night/test_month_end.py",
    "night/test_nightly.py",
    "plans/test_screens.py",
    "reports",
    "search/test_search.py",
    "segmentation/test_matrix.py",
    "segmentation/test_top.py",
    "segmentation/test_zero.py",
    "staff",
]


def account_of(folder: Path) -> Account | None:
    account = server_account(folder)
    if account:
        os.chown(folder, account.uid, account.gid)
    return account


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    with reachable_folder() as made:
        yield made


@pytest.fixture(scope="module")
def database_url(folder: Path) -> Iterator[str]:
    """Start PostgreSQL 15 on a socket, with a role that is no superuser."""
    programs = needs.debian_postgres()
    data = folder / "postgres15"
    data.mkdir(mode=0o700)
    account = account_of(data)
    options = ["--auth=trust", "--username=postgres", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"]
    assert run([programs / "initdb", "-D", data, *options], account).returncode == 0
    start: list[str | Path] = [
        "-o",
        f"-k {data} -c listen_addresses='' -c fsync=off",
        "-l",
        data / "log",
        "-w",
        "start",
    ]
    assert run([programs / "pg_ctl", "-D", data, *start], account).returncode == 0
    try:
        connection = psycopg2.connect(host=str(data), user="postgres", dbname="postgres")
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute("CREATE ROLE crm LOGIN CREATEDB")
            cursor.execute("CREATE DATABASE crm OWNER crm")
        connection.close()
        yield f"postgresql://crm@/crm?host={data}"
    finally:
        run([programs / "pg_ctl", "-D", data, "-m", "immediate", "stop"], account)


@pytest.fixture(scope="module")
def redis_url(folder: Path) -> Iterator[str]:
    """Start Redis 7 on a socket."""
    program = needs.debian_redis()
    socket = folder / "redis.sock"
    server = subprocess.Popen([program, "--port", "0", "--unixsocket", socket, "--save", ""], stdout=subprocess.DEVNULL)
    while not socket.exists():
        assert server.poll() is None
        time.sleep(0.05)
    yield f"unix://{socket}"
    server.terminate()
    server.wait(20)


@pytest.fixture
def home(folder: Path, database_url: str, redis_url: str) -> HomeOfTest:
    """Return a home whose servers are Debian's."""
    return HomeOfTest(folder / "home", extra={"DATABASE_URL": database_url, "REDIS_URL": redis_url})


def test_it_serves_and_works_on_debians_servers(home: HomeOfTest, free_port: int) -> None:  # noqa: F811
    running = Running(home, free_port)

    def health() -> dict[str, str]:
        try:
            with urllib.request.urlopen(f"{running.address}/healthz", timeout=10) as answer:  # noqa: S310 our own
                return dict(json.load(answer))
        except OSError:
            return {}

    try:
        running.until(lambda: health().get("worker") == "up", 180)  # the tick comes once a minute
        assert (health()["database"], health()["broker"], health()["beat"]) == ("up", "up", "up")
    finally:
        running.process.terminate()
        running.process.wait(60)
    assert not (home.path / "postgres").exists()
    assert not (home.path / "valkey").exists()


def test_it_passes_the_tests_of_the_rooms_on_debians_servers(home: HomeOfTest) -> None:
    rooms = [str(needs.ROOT / "tests" / chosen) for chosen in CHOSEN]
    command = [sys.executable, "-m", "pytest", "-q", "-m", "not slow and not browser", "-n", "2", *rooms]
    environment = home.environment | {"SALESCRM_SHARED": str(needs.shared())}
    done = subprocess.run(command, cwd=needs.ROOT, env=environment, text=True, capture_output=True)
    assert done.returncode == 0, done.stdout[-5000:]

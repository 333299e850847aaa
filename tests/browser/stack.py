"""The whole program as processes of its own, web server and worker, on a copy of a demo base."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg2

from salescrm import embedded
from tests.needs import ROOT

UNTIL = "2026-07-15"
TODAY = "2026-07-17"  # a night more than the demo has run is open
WORKER = os.environ.get("PYTEST_XDIST_WORKER", "")  # each worker has bases of its own
TEMPLATE = f"salescrm_demo_template{WORKER}"


@dataclass
class Stack:
    """A running program: where it answers, who can sign in, its environment for commands."""

    url: str
    logins: dict[str, tuple[str, str]]  # role → (login, password)
    environment: dict[str, str]
    sessions: dict[str, list[Any]] = field(default_factory=dict)  # role → cookies
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def command(self, *arguments: str) -> str:
        """Run a manage.py command on the stack's base and return what it printed."""
        return manage(self.environment, *arguments)


def manage(environment: dict[str, str], *arguments: str) -> str:
    """Run manage.py in `environment`; raise with its last words when it fails."""
    done = subprocess.run(
        [sys.executable, "manage.py", *arguments], cwd=ROOT, env=environment, capture_output=True, text=True
    )
    if done.returncode:
        raise AssertionError(f"manage.py {' '.join(arguments)} ended with {done.returncode}: {done.stderr[-3000:]}")
    return done.stdout


def database_url(name: str) -> str:
    """Return the address of another database on the tests' own server."""
    parts = urlsplit(embedded.urls().database_url)
    return urlunsplit(parts._replace(path=f"/{name}"))


def environment(database: str, **more: str) -> dict[str, str]:
    """Build the environment of a process that works on `database`; its broker is the tests' own, a database apart."""
    number = 9 + int(WORKER.removeprefix("gw") or 0)
    broker = f"{embedded.urls().redis_url.split('?')[0]}?db={number}"
    return {
        **os.environ,
        "DATABASE_URL": database_url(database),
        "REDIS_URL": broker,
        "PYTEST_XDIST_WORKER": "",
        "SALESCRM_TODAY": TODAY,
        **more,
    }


def administer(statement: str) -> None:
    """Run one statement on the server's maintenance database."""
    connection = psycopg2.connect(database_url("postgres"))
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute(statement)
    connection.close()


def exists(database: str) -> bool:
    connection = psycopg2.connect(database_url("postgres"))
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_database WHERE datname = %s", [database])
        (found,) = cursor.fetchone() or (0,)
    connection.close()
    return bool(found)


def template(folder: Path) -> dict[str, tuple[str, str]]:
    """Make the demo base once per server and return its log-ins."""
    if exists(TEMPLATE):
        administer(f"DROP DATABASE {TEMPLATE} WITH (FORCE)")
    administer(f"CREATE DATABASE {TEMPLATE}")
    surroundings = environment(TEMPLATE, SALESCRM_HOME=str(folder))
    manage(surroundings, "migrate", "--verbosity", "0")
    manage(surroundings, "reference")
    told: dict[str, Any] = json.loads(manage(surroundings, "demo", "--until", UNTIL, "--json"))
    return {user["role"]: (user["login"], user["password"]) for user in told["users"]}


def free_port() -> int:
    """Ask the system for a port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running(name: str, folder: Path, logins: dict[str, tuple[str, str]]) -> Iterator[Stack]:
    """Run web server and worker on a fresh copy of the demo base; everything is gone afterwards."""
    name += WORKER
    administer(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
    administer(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE}")
    port = free_port()
    surroundings = environment(name, SALESCRM_HOME=str(folder))
    stack = Stack(f"http://127.0.0.1:{port}", logins, surroundings)
    log = (folder / f"{name}.log").open("wb")
    web = [
        "granian",
        "--interface",
        "wsgi",
        "--host",
        "127.0.0.1",
        "--port",
        str(port),
        "--no-ws",
        "salescrm.wsgi:application",
    ]
    worker = ["celery", "-A", "salescrm.background:app", "worker", "--concurrency", "1", "--loglevel", "INFO"]
    try:
        for arguments in (web, worker):
            stack.processes.append(
                subprocess.Popen([sys.executable, "-m", *arguments], cwd=ROOT, env=surroundings, stdout=log, stderr=log)
            )
        wait_for(f"{stack.url}/healthz")
        yield stack
    finally:
        for process in stack.processes:
            process.terminate()
        for process in stack.processes:
            process.wait(timeout=20)
        log.close()
        administer(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def wait_for(url: str, seconds: float = 60) -> None:
    """Wait until the address answers; raise TimeoutError after `seconds`."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        try:
            with urllib.request.urlopen(url, timeout=5):  # noqa: S310  # our own server
                return
        except OSError:
            time.sleep(0.2)
    raise TimeoutError(url)

"""`make install` and `make run`: prepares the base, then runs web server, worker and scheduler together.

`python -m salescrm.processes prepare` starts the servers, migrates and loads the reference rows.
`python -m salescrm.processes run` does the same, fills an empty base with the demo, and serves.
"""

import asyncio
import contextlib
import errno
import fcntl
import json
import os
import signal
import socket
import sys
from collections.abc import Iterator
from pathlib import Path

import django
from django.apps import apps
from django.core.management import call_command, get_commands
from django.db import connections

from salescrm import embedded, environment
from salescrm.embedded.home import Home
from salescrm.supervisor import Program, Supervisor

HOST = "127.0.0.1"
CHECKOUT = Path(__file__).resolve().parent.parent
WATCH_SECONDS = 2.0
# In SALESCRM_HOME, written by `manage.py demo`: {"users": [{login, password, role, name}]}
DEMO_LOGINS = "demo-logins.json"


class RefusalError(Exception):
    """Why nothing was started, in one line."""


def main(arguments: list[str]) -> int:
    """Do what the command line says; 0 done, 1 refused with a one-line reason, 2 wrong use."""
    if arguments not in (["prepare"], ["run"]):
        print("usage: python -m salescrm.processes prepare|run", file=sys.stderr)
        return 2
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "salescrm.settings")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that the servers are left properly
    try:
        return run() if arguments == ["run"] else prepare()
    except (RefusalError, embedded.EmbeddedError) as error:
        print(f"salescrm: {error}", file=sys.stderr)
    except KeyboardInterrupt:
        print("salescrm: interrupted", file=sys.stderr)
    return 1


def prepare() -> int:
    """Make the base ready: servers, migrations, schedule, reference rows. Safe to repeat."""
    embedded.ensure_running()
    django.setup()
    from salescrm import schedule  # its models need the set-up

    call_command("migrate", interactive=False, verbosity=0)
    schedule.insert_defaults()
    if "reference" in get_commands():
        call_command("reference", verbosity=0)
    return 0


def run() -> int:
    """Prepare and serve until Ctrl-C or SIGTERM."""
    port = chosen_port()
    Home.current().make()
    with alone():
        prepare()
        fill_empty_base()
        connections.close_all()
        return asyncio.run(serve(port))


def chosen_port() -> int:
    """Read the port of the environment's PORT, 8000 by default; raises RefusalError for a wrong or taken one."""
    named = os.environ.get("PORT") or "8000"
    if not named.isdigit() or not 0 < int(named) < 65536:
        raise RefusalError(f"PORT={named} is not a port number")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, int(named)))
        except OSError as error:
            reason = "is taken" if error.errno != errno.EACCES else "needs root"
            raise RefusalError(f"port {named} {reason}; choose another one: PORT=8001 make run") from error
    return int(named)


@contextlib.contextmanager
def alone() -> Iterator[None]:
    """Let one `make run` serve a home: a second scheduler would send everything twice."""
    with (Home.current().path / "run.lock").open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise RefusalError(f"make run is already serving {Home.current().path}") from None
        yield


def fill_empty_base() -> None:
    """Fill a base that nobody works in with the demo company, unless SALESCRM_DEMO=no."""
    if not environment.flag("SALESCRM_DEMO", default=True):
        return
    tables = [apps.get_model("clients", "Client"), apps.get_model("staff", "Employee")]
    if "demo" not in get_commands() or any(table._default_manager.exists() for table in tables):
        return
    print("salescrm: the base is empty, filling it with a demo company (half a minute)", flush=True)
    call_command("demo", verbosity=0)


async def serve(port: int) -> int:
    """Run the programs; say the address as soon as it answers."""
    supervisor = Supervisor(programs(port))

    async def announce() -> None:
        await until_open(port)
        for line in greeting(port):
            supervisor.say("salescrm", line)

    async def watch() -> None:
        while True:
            await asyncio.sleep(WATCH_SECONDS)
            await asyncio.to_thread(revive_servers, supervisor)

    supervisor.companions = [announce, watch]
    return await supervisor.run()


def programs(port: int) -> list[Program]:
    """Name what `make run` runs."""
    python = sys.executable
    as_root = "ignore:You're running the worker with superuser"  # a bare machine may have nobody else
    celery = [python, "-W", as_root, "-m", "celery", "--quiet", "-A", "salescrm.background:app"]
    granian = [python, "-m", "granian", "--interface", "wsgi", "--host", HOST, "--port", str(port), "--workers", "2"]
    return [
        Program(
            "web",
            [
                *granian,
                "--blocking-threads",
                "4",
                "--no-ws",
                "--respawn-failed-workers",
                "--log-level",
                "warning",
                "salescrm.wsgi:application",
            ],
        ),
        Program(
            "worker",
            [*celery, "worker", "--concurrency", "2", "--loglevel", "INFO", "--without-gossip", "--without-mingle"],
        ),
        Program("beat", [*celery, "beat", "--loglevel", "WARNING", "--pidfile", ""]),
    ]


async def until_open(port: int) -> None:
    """Wait until the web server takes connections."""
    while True:
        try:
            _reader, writer = await asyncio.open_connection(HOST, port)
        except OSError:
            await asyncio.sleep(0.1)
            continue
        writer.close()
        return


def revive_servers(supervisor: Supervisor) -> None:
    """Start the embedded servers again when they have died (a kill -9, a removed socket)."""
    for title, state in embedded.status().items():
        if state == "down":
            supervisor.say("salescrm", f"{title} is down; starting it again")
            embedded.ensure_running()


def greeting(port: int) -> list[str]:
    """Say the address and, for a demo base, the log-ins."""
    lines = [f"SalesCRM is ready: {os.environ.get('SALESCRM_URL') or f'http://{HOST}:{port}/'}"]
    try:
        users = json.loads((Home.current().path / DEMO_LOGINS).read_text())["users"]
    except (OSError, ValueError, KeyError):
        return lines
    return lines + [f"  {user['login']:<16} {user['password']:<20} {user['role']}: {user['name']}" for user in users]


if __name__ == "__main__":
    sys.path.insert(0, str(CHECKOUT))
    os.chdir(CHECKOUT)
    sys.exit(main(sys.argv[1:]))

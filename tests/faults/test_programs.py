"""Worker and web server as `make run` starts them, killed with -9 at work: what was begun ends as if nothing happened.

The worker dies within the night's steps; the job is taken up again by the tick that finds its heartbeat old. The web
server dies within the request that approves hand-overs; the person asks again.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import random
import signal
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from salescrm.processes import programs
from tests.faults.ground import NIGHT, SEED, Ground
from tests.house.test_run import free_port  # noqa: F401  # a fixture
from tests.needs import ROOT

pytestmark = pytest.mark.slow

SECONDS = 120
TICK = """
from datetime import timedelta
from django.utils import timezone
from salescrm.base import jobs
from salescrm.base.models import Job
Job.objects.filter(state="running").update(heartbeat_at=timezone.now() - timedelta(hours=1))
Job.objects.filter(state="waiting").update(dispatched_at=None)
jobs.tick()
"""
ASK = f"""
from salescrm.base import jobs
from staff.models import Employee
head = Employee.objects.get(username="hos")
print(jobs.start("night", by=head, as_of="{NIGHT.isoformat()}", dry_run=False, approve=False).pk)
"""
STATE = "from salescrm.base.models import Job; job = Job.objects.get(pk={}); print(job.state, job.error)"
SIGN_IN = """
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.conf import settings
from segmentation.models import ZeroCase
from staff.models import Employee
head, session = Employee.objects.get(username="hos"), SessionStore()
session[SESSION_KEY], session[HASH_SESSION_KEY] = str(head.pk), head.get_session_auth_hash()
session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
session.save()
print(session.session_key, ZeroCase.objects.to_decide().count())
"""


class Running:
    """One of the programs of `make run` on the ground, with the trap in it, until the end of the block."""

    def __init__(self, place: Ground, name: str, port: int) -> None:
        self.place, self.log = place, place.home / f"{name}.log"
        (program,) = (one for one in programs(port) if one.name == name)
        environment = place.environment | {"DJANGO_SETTINGS_MODULE": "tests.faults.trapped"}
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                program.argv, cwd=ROOT, env=environment, stdout=log, stderr=log, start_new_session=True
            )

    def end(self) -> None:
        """Stop it and what it started."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(60)

    def until(self, condition: Callable[[], bool], what: str) -> None:
        """Wait for a condition while the program lives."""
        deadline = time.monotonic() + SECONDS
        while not condition():
            assert time.monotonic() < deadline, f"{what}: {self.log.read_text()[-3000:]}"
            assert self.process.poll() is None, f"{what}: {self.log.read_text()[-3000:]}"
            time.sleep(0.2)


@contextlib.contextmanager
def started(place: Ground, name: str, port: int) -> Iterator[Running]:
    """Run a program of `make run` on the ground."""
    running = Running(place, name, port)
    try:
        yield running
    finally:
        running.end()


def lay(place: Ground, says: str, number: int, when: str) -> Callable[[], bool]:
    """Lay the trap; return how to ask whether it has sprung."""
    sprung = place.home / "trap.sprung"
    sprung.unlink(missing_ok=True)
    made = place.home / "trap.new"
    made.write_text(json.dumps({"says": says, "number": number, "when": when}))
    made.rename(place.home / "trap.json")
    return sprung.exists


def shell(place: Ground, code: str) -> list[str]:
    """Run a piece of code on the ground; return the words it printed last."""
    return place.run("manage.py", "shell", "--no-imports", "-c", code).stdout.splitlines()[-1:][0].split()


def differences(place: Ground, end: dict[str, Any]) -> dict[str, tuple[list[str], list[str]]]:
    """Return by table the rows that are there now, and those the undisturbed work left, where they differ."""
    now, found = place.dump(), {}
    for table, rows in end.items():
        if now[table] != rows:
            found[table] = (sorted(set(now[table]) - set(rows)), sorted(set(rows) - set(now[table])))
    return found


def deaths(statements: list[str], says: str, count: int) -> list[tuple[str, int, str]]:
    """Draw `count` places among the statements that say so."""
    chance, found = random.Random(SEED), sum(says in text for text in statements)
    return [(says, chance.randint(1, found), chance.choice(["before", "after"])) for _ in range(count)]


def run_the_night(place: Ground, worker: Running, death: tuple[str, int, str] | None) -> None:
    """Let the worker do the night from the page; with a death, die there and be followed by another process."""
    sprung = lay(place, *death) if death else None
    (job,) = shell(place, ASK)
    if sprung:
        worker.until(sprung, str(death))
        place.run("manage.py", "shell", "--no-imports", "-c", TICK)

    def state() -> list[str]:
        return shell(place, STATE.format(job))

    worker.until(lambda: state()[0] in ("done", "failed"), "the job's end")
    assert state() == ["done"]


def test_a_killed_worker_is_followed_by_one_that_ends_its_night(ground: Ground, free_port: int) -> None:  # noqa: F811
    statements = ground.statements["night"]
    end: dict[str, Any] = {}
    drawn = deaths(statements, "advisory_xact_lock", 3) + deaths(statements, 'INSERT INTO "base_steprun"', 2)
    for death in (None, *drawn):  # undisturbed first: a worker's words are in the language of the program
        ground.begin("before_night")
        with started(ground, "worker", free_port) as worker:
            run_the_night(ground, worker, death)
        end = end or ground.dump()
        assert differences(ground, end) == {}, death


def test_a_killed_web_server_leaves_nothing_half_done(ground: Ground, free_port: int) -> None:  # noqa: F811
    statements = ground.statements["approve"]
    ours = ('"segmentation_', '"clients_', '"deals_')
    changing = [
        text for text in statements
        if text.startswith(("INSERT", "UPDATE", "DELETE")) and any(room in text for room in ours)
    ]  # fmt: skip
    chance = random.Random(SEED)
    for text in chance.sample(changing, min(5, len(changing))):
        ground.begin("before_approve")
        session, waiting = shell(ground, SIGN_IN)
        with started(ground, "web", free_port) as web:

            def answer(session: str = session, waiting: str = waiting) -> int:
                token = "t" * 32
                request = urllib.request.Request(
                    f"http://127.0.0.1:{free_port}/segmentation/zero/approve/",
                    f"all=1&confirmed={waiting}".encode(),
                    {"Cookie": f"sessionid={session}; csrftoken={token}", "X-CSRFToken": token},
                )
                try:
                    return int(urllib.request.build_opener(Stay).open(request, timeout=SECONDS).status)
                except urllib.error.HTTPError as error:
                    return error.code
                except (OSError, http.client.HTTPException):
                    return 0

            web.until(lambda: up(free_port), "the web server")
            sprung = lay(ground, " ".join(text.split())[:80], 1, chance.choice(["before", "after"]))
            assert answer() == 0, f"{text}: {web.log.read_text()[-3000:]}"
            assert sprung()
            web.until(lambda: answer() in (302, 303), "the second try")
        assert differences(ground, ground.ends["approve"]) == {}, text


class Stay(urllib.request.HTTPRedirectHandler):
    """Does not go where an answer sends to."""

    def redirect_request(self, *_: Any) -> None:
        """Go nowhere."""


def up(port: int) -> bool:
    """Say whether the server answers."""
    try:
        urllib.request.urlopen(f"http://127.0.0.1:{port}/accounts/login/", timeout=10)
    except OSError:
        return False
    return True

"""`make run`: one log, restarts, a clean stop, plain refusals."""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from salescrm import supervisor
from salescrm.embedded.system import wait_until
from salescrm.supervisor import Program, Supervisor
from tests.house.homes import ROOT, HomeOfTest, reachable_folder

FOREVER = "import time\nwhile True: time.sleep(1)"


def python(code: str) -> list[str]:
    return [sys.executable, "-c", code]


def alive(pid: int) -> bool:
    """Say whether the process runs; one killed and not yet collected by its new parent does not."""
    try:
        return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def supervise(*programs: Program, stop_when: Callable[[list[str]], bool], lines: list[str]) -> int:
    """Run programs until the log satisfies `stop_when`; the log goes to `lines`."""

    async def run() -> int:
        running = Supervisor(programs)

        def say(name: str, line: str) -> None:
            lines.append(f"{name}: {line}")
            if stop_when(lines):
                os.kill(os.getpid(), signal.SIGTERM)

        running.say = say  # type: ignore[method-assign]
        return await asyncio.wait_for(running.run(), 30)

    return asyncio.run(run())


def test_it_names_every_line_and_stops_all_on_one_signal() -> None:
    lines: list[str] = []
    first = Program("first", python(f"print('one'); print('two')\n{FOREVER}"))
    second = Program("second", python(f"import sys; print('error', file=sys.stderr)\n{FOREVER}"))
    code = supervise(first, second, stop_when=lambda seen: len(seen) == 3, lines=lines)
    assert (code, sorted(lines)) == (0, ["first: one", "first: two", "second: error"])


def test_it_starts_again_what_died_and_ends_what_it_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervisor, "RESTART_PAUSE", 0.01)
    orphan = "import os, subprocess, sys; p = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])"
    dying = Program("web", python(f"{orphan}; print(p.pid, flush=True); os.kill(os.getpid(), 9)"))
    lines: list[str] = []
    code = supervise(dying, stop_when=lambda seen: len(seen) == 3, lines=lines)
    assert code == 0
    assert lines[1] == "salescrm: web ended with code -9; starting it again"
    orphans = [int(line.removeprefix("web: ")) for line in lines if line.startswith("web: ")]
    assert orphans
    assert wait_until(lambda: not any(alive(pid) for pid in orphans), 10)


def test_it_stops_everything_when_one_program_dies_too_often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervisor, "RESTART_PAUSE", 0.01)
    lines: list[str] = []
    steady, broken = Program("steady", python(FOREVER)), Program("broken", python("raise SystemExit(3)"))
    code = supervise(steady, broken, stop_when=lambda _seen: False, lines=lines)
    assert code == 1
    assert lines.count("salescrm: broken ended with code 3; starting it again") == supervisor.RESTARTS
    assert lines[-1] == "salescrm: broken died 6 times in 5 minutes; stopping"


def test_it_kills_what_does_not_stop_when_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervisor, "GRACE", 0.2)
    deaf = f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True)\n{FOREVER}"
    assert supervise(Program("deaf", python(deaf)), stop_when=bool, lines=[]) == 0


def test_it_leaves_no_program_behind_when_it_is_killed_itself() -> None:
    body = f"print(__import__('os').getpid(), flush=True)\n{FOREVER}"
    code = (
        "import asyncio, sys; from salescrm.supervisor import *\n"
        f"asyncio.run(Supervisor([Program('web', [sys.executable, '-c', {body!r}])]).run())"
    )
    killed = subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert killed.stdout is not None
    pid = int(killed.stdout.readline().split("|")[1])
    killed.kill()
    killed.communicate()
    with contextlib.suppress(psutil.NoSuchProcess):
        psutil.Process(pid).wait(10)


def test_it_stops_when_nobody_reads_its_log_any_more() -> None:
    chatty = "import time\nwhile True: print('x', flush=True); time.sleep(0.05)"
    code = (
        "import asyncio, sys; from salescrm.supervisor import *\n"
        f"sys.exit(asyncio.run(Supervisor([Program('web', [sys.executable, '-c', {chatty!r}])]).run()))"
    )
    running = subprocess.Popen(
        [sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    assert running.stdout is not None
    running.stdout.readline()
    running.stdout.close()
    running.wait(30)


# --- the real thing ----------------------------------------------------------------------------------------------


class Running:
    """A `make run` of a test."""

    def __init__(self, home: HomeOfTest, port: int) -> None:
        self.address = f"http://127.0.0.1:{port}"
        self.log = home.path.parent / "run.log"
        with self.log.open("w") as log:
            environment = home.environment | {"PORT": str(port), "SALESCRM_DEMO": "no"}
            command = [sys.executable, "-m", "salescrm.processes", "run"]
            self.process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)

    def answer(self, path: str) -> int:
        """Return the status of an address, 0 while nobody answers."""
        try:
            return int(urllib.request.urlopen(self.address + path, timeout=10).status)  # noqa: S310 our own address
        except urllib.error.HTTPError as error:
            return error.code
        except OSError:
            return 0

    def until(self, condition: Callable[[], bool], seconds: float = 90) -> None:
        """Wait for a condition while the process runs."""
        deadline = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < deadline, self.log.read_text()
            assert self.process.poll() is None, self.log.read_text()
            time.sleep(0.1)

    def children(self) -> dict[str, psutil.Process]:
        """Find web, worker and beat."""
        found = psutil.Process(self.process.pid).children()
        names = {"granian": "web", " worker ": "worker", " beat ": "beat"}
        return {name: child for child in found for word, name in names.items() if word in self.command_of(child)}

    @staticmethod
    def command_of(process: psutil.Process) -> str:
        """Return a process's command line, nothing when it has just ended."""
        try:
            return " ".join(process.cmdline())
        except psutil.Error:
            return ""


@pytest.fixture
def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def home() -> Iterator[HomeOfTest]:
    """Return an empty home."""
    with reachable_folder() as folder:
        made = HomeOfTest(folder / "home")
        yield made
        made.remove()


@pytest.fixture
def running(home: HomeOfTest, free_port: int) -> Iterator[Running]:
    """Return a `make run` that answers."""
    made = Running(home, free_port)
    try:
        made.until(lambda: made.answer("/accounts/login/") == 200)
        yield made
    finally:
        made.process.terminate()
        made.process.wait(60)


def test_it_serves_revives_what_is_killed_and_stops_cleanly(home: HomeOfTest, running: Running, free_port: int) -> None:
    assert running.answer("/healthz") == 200
    again = home.run("-m", "salescrm.processes", "run", check=False)
    assert (again.returncode, again.stderr) == (1, f"salescrm: make run is already serving {home.path}\n")

    # One after the other: a program that starts anew starts the servers itself where they are down.
    for pid in home.processes():
        os.kill(pid, signal.SIGKILL)
    running.until(lambda: "PostgreSQL is down" in running.log.read_text() and running.answer("/healthz") == 200)
    for name in ("web", "worker"):
        running.children()[name].kill()
    running.until(lambda: len(running.children()) == 3 and running.answer("/healthz") == 200)

    running.process.send_signal(signal.SIGINT)
    assert running.process.wait(60) == 0
    log = running.log.read_text()
    assert f"salescrm | SalesCRM is ready: http://127.0.0.1:{free_port}/" in log
    assert "salescrm | web ended with code -9; starting it again" in log
    assert re.search(r"salescrm \| PostgreSQL is down; starting it again", log)
    assert home.states() == ["down", "down"]


@pytest.mark.parametrize("named", ["eight thousand", "70000"])
def test_it_refuses_a_port_that_is_none(home: HomeOfTest, named: str) -> None:
    home.extra["PORT"] = named
    refused = home.run("-m", "salescrm.processes", "run", check=False)
    assert (refused.returncode, refused.stderr) == (1, f"salescrm: PORT={named} is not a port number\n")


def test_it_says_plainly_that_the_port_is_taken(home: HomeOfTest) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = home.extra["PORT"] = str(taken.getsockname()[1])
        refused = home.run("-m", "salescrm.processes", "run", check=False)
    assert refused.returncode == 1
    assert refused.stderr == f"salescrm: port {port} is taken; choose another one: PORT=8001 make run\n"
    assert not Path(home.path).exists()

"""From a fresh clone on a machine with Python, git and make alone to a signed-in page."""

from __future__ import annotations

import http.cookiejar
import json
import os
import re
import signal
import subprocess
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests import needs
from tests.house.homes import reachable_folder
from tests.house.test_embedded import ordinary_user
from tests.house.test_run import free_port  # noqa: F401  # a fixture

pytestmark = pytest.mark.slow

# A bare machine has none of these.
HIDDEN = re.compile(r"node|npm|npx|corepack|psql|pg_.*|postgres.*|redis-.*|valkey.*|chromium.*|msgfmt|gettext.*|pip.*")
FIRST_PAGE_SECONDS = 240  # promised on a machine that has nothing else to do
GIVE_UP_SECONDS = 600
TEST_SECONDS = 40 * 60
AGAIN_SECONDS = 30


@dataclass
class Machine:
    """A bare machine: a clone, an empty home, few programs."""

    folder: Path
    become: Sequence[str]

    @property
    def checkout(self) -> Path:
        """The fresh clone."""
        return self.folder / "checkout"

    def command(self, *arguments: str, **environment: str) -> list[str]:
        """Name a command as it runs there: `env -i`, no LANG, Ctrl-C as in a terminal wherever the tests run."""
        given = {"PATH": str(self.folder / "bin"), "HOME": str(self.folder / "home")} | environment
        bare = ["env", "-i", "--default-signal=INT"]
        return [*self.become, *bare, *(f"{name}={value}" for name, value in given.items()), *arguments]

    def stop_servers(self) -> None:
        """Stop what a `make run` may have left behind; in its own environment, for the tests' home is named in ours."""
        python = self.checkout / ".venv" / "bin" / "python"
        if python.exists():
            command = self.command(str(python), "-m", "salescrm.embedded", "stop", "--force")
            subprocess.run(command, cwd=self.checkout, check=True)

    def users(self) -> dict[str, dict[str, str]]:
        """Read the demo log-ins by role."""
        told: Any = json.loads((self.checkout / ".data" / "demo-logins.json").read_text())
        return {user["role"]: user for user in told["users"]}


def lay_out(folder: Path) -> None:
    """Clone the checkout and link the programs a bare machine has."""
    subprocess.run(["git", "clone", "--quiet", str(needs.ROOT), str(folder / "checkout")], check=True)
    (folder / "home").mkdir()
    (folder / "bin").mkdir()
    for program in [*Path("/usr/bin").iterdir(), *Path("/bin").iterdir()]:
        link = folder / "bin" / program.name
        if not HIDDEN.fullmatch(program.name) and not link.is_symlink():
            link.symlink_to(program)


@pytest.fixture(scope="module", params=["root", "person"])
def machine(request: pytest.FixtureRequest) -> Iterator[Machine]:
    """Return a bare machine, once used by root and once by a user made for it."""
    needs.root()
    if subprocess.run(
        ["/usr/bin/python3", "-c", "import ensurepip, sys; assert sys.version_info >= (3, 11)"]
    ).returncode:
        needs.lacking("the system's Python 3.11+ with its venv module")
    with reachable_folder() as folder:
        lay_out(folder)
        become: list[str] = []
        if request.param == "person":
            uid, gid = ordinary_user()
            subprocess.run(["chown", "-R", f"{uid}:{gid}", str(folder)], check=True)
            become = ["setpriv", f"--reuid={uid}", f"--regid={gid}", "--clear-groups", "--"]
        made = Machine(folder, become)
        yield made
        made.stop_servers()


class Served:
    """A `make run` there, until `stop`."""

    def __init__(self, machine: Machine, port: int) -> None:
        self.address = f"http://127.0.0.1:{port}"
        self.log = machine.folder / f"run-{time.monotonic_ns()}.log"
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                machine.command("make", "run", PORT=str(port)),
                cwd=machine.checkout,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def until_ready(self, seconds: float) -> None:
        """Wait for the log-in page."""
        deadline = time.monotonic() + seconds
        while True:
            assert self.process.poll() is None, self.log.read_text()
            assert time.monotonic() < deadline, self.log.read_text()
            try:
                with urllib.request.urlopen(f"{self.address}/accounts/login/", timeout=10):  # noqa: S310 our own
                    return
            except OSError:
                time.sleep(0.2)

    def sign_in(self, login: str, password: str) -> str:
        """Sign in as a person would and return the page that follows."""
        browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))
        address = f"{self.address}/accounts/login/"
        page = browser.open(address, timeout=30).read().decode()
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
        assert token, page
        fields = {"csrfmiddlewaretoken": token[1], "login": login, "password": password}
        answer = browser.open(
            urllib.request.Request(address, urllib.parse.urlencode(fields).encode(), {"Referer": address}),  # noqa: S310
            timeout=30,
        )
        assert urllib.parse.urlsplit(answer.url).path == "/", answer.url
        return str(answer.read().decode())

    def stop(self) -> None:
        """Press Ctrl-C."""
        os.killpg(self.process.pid, signal.SIGINT)
        self.process.wait(60)


def test_it_goes_from_a_fresh_clone_to_a_signed_in_page(machine: Machine, free_port: int) -> None:  # noqa: F811
    busy = os.getloadavg()[0] > (os.cpu_count() or 1)
    began = time.monotonic()
    served = Served(machine, free_port)
    try:
        served.until_ready(GIVE_UP_SECONDS)
        head = machine.users()["hos"]
        assert head["name"].split()[0] in served.sign_in(head["login"], head["password"])
        seconds = time.monotonic() - began
        assert seconds < FIRST_PAGE_SECONDS or busy, f"{seconds:.0f} s"
    finally:
        served.stop()
    assert f"{head['login']} " in served.log.read_text()

    again = Served(machine, free_port)
    try:
        again.until_ready(GIVE_UP_SECONDS if busy else AGAIN_SECONDS)
        again.sign_in(head["login"], head["password"])
    finally:
        again.stop()
    assert head["password"] in again.log.read_text()


@pytest.mark.long
@pytest.mark.parametrize("machine", ["person"], indirect=True)
def test_make_test_is_green_for_a_person_without_a_browser(machine: Machine) -> None:
    """As root it is what called us; here it is the same machine as above, so that it is not set up once more."""
    log = machine.folder / "test.log"
    with log.open("w") as out:
        command = machine.command("make", "test", SALESCRM_SHARED=str(needs.shared()))
        done = subprocess.run(command, cwd=machine.checkout, stdout=out, stderr=out, timeout=TEST_SECONDS)
    text = log.read_text()
    assert done.returncode == 0, text[-5000:]
    summary = text.rstrip().splitlines()[-1]
    assert re.search(r"\d{3,} passed", summary), summary
    assert "needs Chromium" in text


def test_it_says_in_one_line_that_the_venv_module_is_missing(tmp_path: Path) -> None:
    python = tmp_path / "python3"
    python.write_text('#!/bin/sh\ncase "$*" in *ensurepip*) exit 1 ;; esac\nexit 0\n')
    python.chmod(0o755)
    subprocess.run(["git", "clone", "--quiet", str(needs.ROOT), str(tmp_path / "checkout")], check=True)
    refused = subprocess.run(
        ["make", "--silent", "run", f"PYTHON={python}"], cwd=tmp_path / "checkout", text=True, capture_output=True
    )
    assert refused.returncode == 2
    assert refused.stderr.splitlines()[0] == "Python's venv module is missing; on Debian: apt-get install python3-venv"

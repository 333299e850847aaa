"""Homes for tests of the servers: a folder, and programs of ours run against it as separate processes."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests import needs

ROOT = Path(__file__).resolve().parent.parent.parent
USE = "from salescrm import embedded; embedded.ensure_running(); print('ready', flush=True); input()"
NAMED = ("SALESCRM_HOME", "SALESCRM_TEST_FAST", "DATABASE_URL", "REDIS_URL", "XDG_RUNTIME_DIR", "SALESCRM_URL", "PORT")


@dataclass
class User:
    """One process using the servers, until `leave`."""

    process: subprocess.Popen[str]

    def ready(self) -> User:
        """Wait until it has its servers."""
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line == "ready\n", line + self._error()
        return self

    def leave(self) -> None:
        """Let it end and wait for it."""
        self.process.communicate("\n", timeout=60)

    def _error(self) -> str:
        return self.process.stderr.read() if self.process.stderr else ""


@dataclass
class HomeOfTest:
    """One SALESCRM_HOME, as seen from outside the process that uses it."""

    path: Path
    python: Sequence[str] = (sys.executable,)
    extra: dict[str, str] = field(default_factory=dict)

    @property
    def environment(self) -> dict[str, str]:
        """What a program run against this home is told."""
        rest = {name: value for name, value in os.environ.items() if name not in NAMED}
        return rest | {"SALESCRM_HOME": str(self.path), "SALESCRM_TEST_FAST": "1"} | self.extra

    def start(self, code: str = USE) -> User:
        """Start a process; see `User.ready`."""
        pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        command = [*self.python, "-c", code]
        return User(subprocess.Popen(command, cwd=ROOT, env=self.environment, text=True, **pipes))

    def run(self, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Run Python with these arguments in the checkout."""
        command = [*self.python, *arguments]
        done = subprocess.run(command, cwd=ROOT, env=self.environment, text=True, capture_output=True, timeout=300)
        assert not check or done.returncode == 0, done.stderr
        return done

    def ask(self, expression: str) -> Any:
        """Evaluate an expression in a new process that uses the servers (`s`: Servers, `q`: run SQL)."""
        code = (
            "import json, psycopg2, redis; from salescrm import embedded; s = embedded.ensure_running()\n"
            "def q(text):\n"
            "    c = psycopg2.connect(s.database_url); c.autocommit = True; k = c.cursor(); k.execute(text)\n"
            "    return k.fetchall() if k.description else None\n"
            f"print(json.dumps({expression}))"
        )
        return json.loads(self.run("-c", code).stdout)

    def states(self) -> list[str]:
        """Say of both servers whether they are up."""
        code = "import json; from salescrm import embedded; print(json.dumps([*embedded.status().values()]))"
        return [str(state) for state in json.loads(self.run("-c", code).stdout)]

    @property
    def record(self) -> dict[str, Any]:
        """What the program keeps about the servers, with whole paths."""
        told: dict[str, Any] = json.loads((self.path / "servers.json").read_text())
        return told | {name: str(self.path / told[name]) for name in ("data", "sockets")}

    def processes(self) -> list[int]:
        """List the servers' processes, by their current folder."""
        folders = {os.path.realpath(Path(self.record["data"]) / name) for name in ("postgres", "valkey")}
        found = []
        for entry in Path("/proc").iterdir():
            with contextlib.suppress(OSError):
                if entry.name.isdigit() and str((entry / "cwd").readlink()) in folders:
                    found.append(int(entry.name))
        return found

    def remove(self) -> None:
        """Stop the servers and remove all their data."""
        record = self.record if (self.path / "servers.json").exists() else {}
        self.run("-m", "salescrm.embedded", "stop", "--force", check=False)
        for folder in (record.get("data"), record.get("sockets"), self.path):
            if folder:
                shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def reachable_folder() -> Iterator[Path]:
    """Make a folder that every user can go through, as pytest's own cannot."""
    folder = Path(tempfile.mkdtemp(prefix="salescrm-", dir="/tmp"))
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def python_for(user: str) -> list[str]:
    """Say how to run our Python as another user: the environment's or, where it is out of reach, the system's."""
    needs.root()
    become = ["setpriv", f"--reuid={user}", f"--regid={user}", "--clear-groups", "--"]
    system = f"/usr/bin/python{sys.version_info[0]}.{sys.version_info[1]}"
    for python in (sys.executable, system):
        done = subprocess.run([*become, python, "-c", "import salescrm, redis"], cwd=ROOT, env=path_of_packages())
        if done.returncode == 0:
            return [*become, python]
    return needs.lacking(f"a Python that user {user} can reach")


def path_of_packages() -> dict[str, str]:
    """Name the environment's packages for a Python that is not the environment's."""
    packages = next(path for path in sys.path if path.endswith("site-packages"))
    return {"PYTHONPATH": f"{ROOT}:{packages}", "PATH": "/usr/bin:/bin"}

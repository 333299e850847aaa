"""A process to be killed: does one piece of the program's work and dies at a given statement, or kills its database.

`python -m tests.faults.driver WORK… --list` does the work and prints one line per statement;
`python -m tests.faults.driver WORK… --die before|after N --victim self|postgres` dies at statement N of that list.
WORK is a manage.py command, or `approve` (the head of sales accepts all hand-overs in the browser).
"""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import django
from django.core.management import call_command
from django.db import connection

from salescrm import embedded

SPRUNG = "the trap sprang"


@dataclass
class Trap:
    """Counts statements as they pass; at the chosen one it kills the victim with -9."""

    at: int
    when: str
    victim: str
    seen: list[str] = field(default_factory=list)

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        number = len(self.seen)
        self.seen.append(" ".join(str(sql).split())[:200])
        if (number, self.when) == (self.at, "before"):
            self.spring()
        result = execute(sql, params, many, context)
        if (number, self.when) == (self.at, "after"):
            self.spring()
        return result

    def spring(self) -> None:
        """Say so, then kill this process or the database server; the latter's end is felt at the next statement."""
        sys.stderr.write(SPRUNG)
        sys.stderr.flush()
        if self.victim == "postgres":
            home = Path(os.environ["SALESCRM_HOME"])
            (pid_file,) = home.rglob("postmaster.pid")
            os.kill(int(pid_file.read_text().split()[0]), signal.SIGKILL)
        else:
            os.kill(os.getpid(), signal.SIGKILL)


def do(work: list[str]) -> None:
    """Do the work named on the command line."""
    if work == ["approve"]:
        approve()
    else:
        call_command(*work, stdout=sys.stderr)


def approve() -> None:
    """Accept every proposed hand-over as the head of sales, through the page."""
    from django.test import Client
    from django.urls import reverse

    from segmentation.models import ZeroCase
    from staff.models import Employee

    browser = Client()
    browser.force_login(Employee.objects.get(username="hos"))
    waiting = ZeroCase.objects.to_decide().count()
    browser.post(reverse("segmentation:zero-approve"), {"all": "1", "confirmed": str(waiting)})


def main(arguments: list[str]) -> None:
    """Read the command line, lay the trap, do the work."""
    cut = next(n for n, word in enumerate(arguments) if word.startswith("--die") or word == "--list")
    work, trap_words = arguments[:cut], arguments[cut:]
    embedded.ensure_running()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "salescrm.settings")
    django.setup()
    listing = trap_words == ["--list"]
    trap = Trap(-1, "", "") if listing else Trap(int(trap_words[2]), trap_words[1], trap_words[4])
    with connection.execute_wrapper(trap):
        do(work)
    if listing:
        json.dump(trap.seen, sys.stdout)


if __name__ == "__main__":
    main(sys.argv[1:])

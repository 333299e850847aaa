"""The program's settings with a trap: a web server or worker that runs with them dies at a chosen statement.

The trap lies in the home (`trap.json`: what the statement says, which of them, before or after it) and springs once:
the first process that comes to the statement takes it away and dies of it with -9.
"""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.db.backends.signals import connection_created

from salescrm.settings import *  # noqa: F403

LAID = Path(os.environ["SALESCRM_HOME"]) / "trap.json"
SPRUNG = LAID.with_name("trap.sprung")


class Trap:
    """Counts the statements it is laid for, in one connection."""

    def __init__(self) -> None:
        self.laid, self.seen = 0.0, 0

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        said = self.look(str(sql))
        if said == "before":
            spring()
        result = execute(sql, params, many, context)
        if said == "after":
            spring()
        return result

    def look(self, statement: str) -> str:
        """Return when to die at this statement, an empty text where it is not the one."""
        try:
            written, trap = LAID.stat().st_mtime, json.loads(LAID.read_text())
        except (OSError, ValueError):
            return ""
        if written != self.laid:
            self.laid, self.seen = written, 0
        if trap["says"] not in " ".join(statement.split()):
            return ""
        self.seen += 1
        return str(trap["when"]) if self.seen == trap["number"] else ""


def spring() -> None:
    """Die, if nobody has died of this trap yet."""
    try:
        LAID.rename(SPRUNG)
    except FileNotFoundError:
        return
    os.kill(os.getpid(), signal.SIGKILL)


def lay(connection: Any, **_: Any) -> None:
    """Let a new connection's statements pass by the trap."""
    connection.execute_wrappers.append(Trap())


connection_created.connect(lay)

"""`python -m salescrm.embedded start|stop|status|psql`: the program's own servers by hand."""

import argparse
import os
import subprocess
import sys
from pathlib import Path

from salescrm import embedded
from salescrm.embedded.home import Home
from salescrm.embedded.postgres import NAME
from salescrm.embedded.system import programs


def main() -> int:
    """Do what the command line says; 0 done, 1 refused with a one-line reason, 2 wrong use."""
    parser = argparse.ArgumentParser(prog="salescrm.embedded", description=__doc__)
    parser.add_argument("verb", choices=["start", "stop", "status", "psql"])
    parser.add_argument("--force", action="store_true", help="stop although other processes use them")
    asked, rest = parser.parse_known_args()
    if rest and asked.verb != "psql":
        parser.error(f"unknown: {' '.join(rest)}")
    try:
        if asked.verb == "stop":
            return stop(asked.force)
        return psql(rest) if asked.verb == "psql" else VERBS[asked.verb]()
    except embedded.EmbeddedError as error:
        print(f"salescrm: {error}", file=sys.stderr)
        return 1


def start() -> int:
    """Start the servers; they run until `stop`."""
    embedded.ensure_running()
    embedded.keep()
    return status()


def stop(force: bool) -> int:
    """Stop the servers."""
    if embedded.stop(force):
        return 0
    print("salescrm: the servers are in use; they stop with the last process that uses them", file=sys.stderr)
    return 1


def status() -> int:
    """Print each server's state; 1 if one is not up."""
    found = embedded.status()
    for title, state in found.items():
        print(f"{title}: {state}")
    print(f"home: {Home.current().path}, data: {Home.current().expected().data}")
    return 0 if all(state == "up" for state in found.values()) else 1


def psql(arguments: list[str]) -> int:
    """Open the database in psql."""
    embedded.ensure_running()
    record = Home.current().expected()
    environment = os.environ | {"PGPASSWORD": record.database_password}
    named = os.environ.get("DATABASE_URL")
    target = [named] if named else ["-h", record.sockets, "-U", NAME, NAME]
    program: Path = programs(None).postgres / "psql"
    return subprocess.run([program, *target, *arguments], env=environment, check=False).returncode


VERBS = {"start": start, "status": status}

if __name__ == "__main__":
    sys.exit(main())

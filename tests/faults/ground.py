"""The ground of the killing: a home with durable servers, the bases each try starts from, and where each work ends."""

from __future__ import annotations

import csv
import json
import os
import random
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from tests.needs import ROOT

NIGHT = date(2026, 7, 15)
SEED = 20260716
SETTING_UP = """
from datetime import date
from staff.access import Role
from tests import make
head = make.employee("hos", Role.HOS)
make.employee("branch_head", Role.BRANCH_HEAD)
make.employee("csm", Role.CSM)
for name in ("dev1", "dev2"):
    make.employee(name, Role.BDM_RECOVERY, recovery_limit=30)
make.rule_set(top_cells=["AX", "AY"], backlog_guard=False, size_guard=False, feed_guard=False)
"""


@dataclass
class Ground:
    """A home of its own with real, durable servers, and a base that every try starts from."""

    home: Path
    environment: dict[str, str]
    works: dict[str, list[str]]
    statements: dict[str, list[str]] = field(default_factory=dict)
    ends: dict[str, dict[str, Any]] = field(default_factory=dict)
    warm: subprocess.Popen[str] | None = None

    def call(self, module: str, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Run a module's `main` in a process of its own, forked from one that has the program loaded."""
        if self.warm is None:
            self.warm = subprocess.Popen(
                [sys.executable, "-m", "tests.faults.warm"],
                cwd=ROOT, env=self.environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            )  # fmt: skip
        out, err = self.home / "call.out", self.home / "call.err"
        work = {"module": module, "arguments": list(arguments), "out": str(out), "err": str(err)}
        assert self.warm.stdin is not None
        assert self.warm.stdout is not None
        self.warm.stdin.write(json.dumps(work) + "\n")
        self.warm.stdin.flush()
        code = int(self.warm.stdout.readline())
        done = subprocess.CompletedProcess([module, *arguments], code, out.read_text(), err.read_text())
        assert not check or code == 0, f"{done.args}: {done.stderr[-3000:]}"
        return done

    def run(self, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            [sys.executable, *arguments], cwd=ROOT, env=self.environment, capture_output=True, text=True, timeout=300
        )
        assert not check or done.returncode == 0, f"{arguments}: {done.stderr[-3000:]}"
        return done

    def psql(self, statement: str) -> None:
        self.call("tests.faults.psql", statement)

    def begin(self, base: str) -> None:
        """Lay the base `base` (a template database) in the place of the live one.

        By file_copy, which ends with a checkpoint: a copy made through the log keeps the sequences' count of values
        logged ahead, though its own log does not have them, and a crash right after would give numbers twice.
        """
        self.psql("DROP DATABASE IF EXISTS salescrm WITH (FORCE)")
        self.psql(f"CREATE DATABASE salescrm TEMPLATE {base} STRATEGY file_copy")

    def keep(self, base: str) -> None:
        """Keep the live base as the template `base`."""
        self.psql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'salescrm'")
        self.psql(f"CREATE DATABASE {base} TEMPLATE salescrm")

    def dump(self) -> dict[str, Any]:
        return dict(json.loads(self.call("tests.faults.dump").stdout))


def orders(path: Path, first: date, last: date, number: int) -> Path:
    """Write a file of orders: 60 clients with rhythms of their own, some of whom fall silent in time."""
    chance = random.Random(SEED)
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, delimiter=";")
        writer.writerow(["Контрагент", "Номер", "Дата", "Товар", "Количество", "Сумма"])
        for client in range(60):
            rhythm, stops = chance.randint(12, 50), date(2026, 7, 15) - timedelta(days=chance.randint(0, 260))
            day = date(2025, 1, 9) + timedelta(days=client % 30)
            while day < last:
                number += 1
                amount = chance.randint(100, 90_000) * (client % 7 + 1)
                if first <= day < stops:
                    for line in (1, 2):
                        text = f"{day:%d.%m.%Y}"
                        writer.writerow([f"Клиент {client}", number, text, f"Товар {line}", 2, f"{amount},50"])
                day += timedelta(days=rhythm + chance.randint(-3, 3))
    return path


def laid_out(home: Path) -> Iterator[Ground]:
    gone = ("DATABASE_URL", "REDIS_URL", "SALESCRM_TEST_FAST", "PYTEST_XDIST_WORKER")
    environment = {name: value for name, value in os.environ.items() if name not in gone}
    environment |= {"SALESCRM_HOME": str(home), "PYTHONPATH": str(ROOT)}
    first = orders(home / "first.csv", date(2025, 1, 1), date(2026, 7, 1), 0)
    second = orders(home / "second.csv", date(2026, 6, 1), date(2026, 7, 16), 0)
    works = {
        "import": ["import_orders", str(second), "--json"],
        "night": ["nightly", "--as-of", NIGHT.isoformat(), "--json"],
        "approve": ["approve"],
    }
    place = Ground(home, environment, works)
    holder = subprocess.Popen(
        [sys.executable, "-c", "import salescrm.embedded as e; e.ensure_running(); input()"],
        cwd=ROOT, env=environment, stdin=subprocess.PIPE,
    )  # fmt: skip
    prepare(place, first)
    yield place
    if place.warm is not None:
        place.warm.communicate(timeout=60)
    holder.communicate(b"\n", timeout=60)


def prepare(place: Ground, first: Path) -> None:
    """Make the bases the tries start from, and see each work through once undisturbed."""
    place.run("manage.py", "migrate", "--verbosity", "0")
    place.run("manage.py", "shell", "-c", SETTING_UP)
    place.run("manage.py", "import_orders", str(first))
    place.run("manage.py", "nightly", "--as-of", (NIGHT - timedelta(days=20)).isoformat())
    place.keep("before_import")
    observe(place, "import")
    place.keep("before_night")
    observe(place, "night")
    place.begin("before_night")
    place.run("manage.py", "shell", "-c", "from segmentation.models import RuleSet; "
              "RuleSet.objects.update(hand_over_mode='approve')")  # fmt: skip
    place.run("manage.py", *place.works["night"])
    place.keep("before_approve")
    observe(place, "approve")


def observe(place: Ground, work: str) -> None:
    """Do a work undisturbed; remember its statements and where it ends."""
    place.statements[work] = json.loads(place.call("tests.faults.driver", *place.works[work], "--list").stdout)
    place.ends[work] = place.dump()

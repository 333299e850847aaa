"""The benchmarks at one tenth of their size: every measure runs, and no ratio is out of all proportion."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.needs import ROOT

pytestmark = [pytest.mark.slow, pytest.mark.long]  # ratios of time want a machine to themselves
LOOSE = 3  # a small base on a busy machine; the bars themselves are held by `make bench`
FIXED_COSTS = {
    "night, nothing changed / scan"
}  # a night has costs of its own, which a tenth of the scan does not cover


def test_every_measure_runs_and_keeps_its_bar_loosely(tmp_path: Path) -> None:
    gone = ("DATABASE_URL", "REDIS_URL", "SALESCRM_TEST_FAST", "PYTEST_XDIST_WORKER")
    environment = {name: value for name, value in os.environ.items() if name not in gone}
    report = tmp_path / "bench.json"
    command = [sys.executable, "-m", "bench", "--scale", "0.1", "--json", str(report)]
    subprocess.run(command, cwd=ROOT, env=environment, check=False, timeout=1500)
    results = json.loads(report.read_text())
    over = [r for r in results if r["ratio"] > r["bar"] * LOOSE and r["name"] not in FIXED_COSTS]
    assert (len(results), over) == (14, [])

"""`make bench`: the speed of the product as ratios within one run, against the bars of docs/performance.md.

`python -m bench [--scale 1.0] [--only NAME …] [--slack 1.0] [--json FILE]`. The base has 20,000 clients and 2,000,000
lines at scale 1; ratios hold at any scale, and 0.1 takes a few minutes. Exit code 1 when a ratio is over bar × slack.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import sys
import time
from pathlib import Path


def main(arguments: list[str]) -> int:
    """Measure, print the table, say whether every bar was kept."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--scale", type=float, default=1.0)
    parser.add_argument("--only", nargs="*", default=[])
    parser.add_argument("--slack", type=float, default=1.0, help="how far over its bar a ratio may be")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args(arguments)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "salescrm.settings")
    os.environ["SALESCRM_HOME"] = str(Path(os.environ.get("SALESCRM_HOME") or ".data").absolute() / "bench")
    from salescrm import embedded

    embedded.ensure_running()
    import django

    django.setup()
    logging.disable(logging.INFO)
    from bench import measures
    from bench.base import Bench

    bench = Bench(options.scale)
    chosen = [m for m in measures.ALL if not options.only or m.__name__ in options.only]
    begun, results = time.monotonic(), []
    for measure in chosen:
        for result in measure(bench):
            results.append(result)
            print(result.line(options.slack), flush=True)
    print(f"{len(results)} ratios in {time.monotonic() - begun:.0f} s at scale {options.scale}")
    if options.json:
        options.json.write_text(json.dumps([result.__dict__ for result in results], indent=1))
    return int(any(result.ratio > result.bar * options.slack for result in results))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

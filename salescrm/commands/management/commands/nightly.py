"""`manage.py nightly`: the night; Celery beat runs the same code."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import translation

from salescrm import nightly
from salescrm.base import clock
from salescrm.base.jobs import Refused


class Command(BaseCommand):
    """Exit code 0 done, 1 refused with one line, 2 wrong use."""

    help = (
        "Run the night: turnover, classes, TOP, life cycle, returns, hand-overs, journal; missed nights are caught up."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        parser.add_argument("--as-of", type=date.fromisoformat, metavar="DATE", help="the day; yesterday by default")
        parser.add_argument(
            "--only", choices=nightly.NAMES, metavar="STEP", help=f"one step: {', '.join(nightly.NAMES)}"
        )
        parser.add_argument("--dry-run", action="store_true", help="do everything, then roll it back")
        parser.add_argument("--approve", action="store_true", help="accept the approval list")
        parser.add_argument("--rebuild", action="store_true", help="build turnover and states anew from documents")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    @translation.override("en")  # the command line speaks one language
    def handle(self, *args: Any, **options: Any) -> None:
        """Run and print the figures."""
        try:
            told = nightly.run(
                options["as_of"] or clock.yesterday(),
                only=options["only"],
                dry_run=options["dry_run"],
                approve=options["approve"],
                rebuild=options["rebuild"],
            )
        except Refused as refusal:
            self.stderr.write(str(refusal))
            raise SystemExit(1) from None
        self.stdout.write(json.dumps(told, ensure_ascii=False) if options["json"] else "\n".join(_lines(told)))


def _lines(told: dict[str, Any]) -> list[str]:
    lines = [f"{told['as_of']}{' (dry run)' if told['dry_run'] else ''}"]
    lines += [
        f"  {step['name']:<12}{step['status']:<9}{step['rows']:>9} {step['seconds']:.2f} s" for step in told["steps"]
    ]
    if "zero" in told:
        lines += [f"  {name}: {told[name]}" for name in ("clients", "abc", "xyz", "top", "zero", "guards")]
    return lines

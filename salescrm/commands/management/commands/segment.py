"""`manage.py segment`: classification of a day without writing: counts per cell, TOP size and coverage."""

from __future__ import annotations

import json
from argparse import ArgumentTypeError
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import translation

from salescrm.base.jobs import Refused
from segmentation import trial
from segmentation.models import Measure


def limits(text: str) -> tuple[Decimal, Decimal]:
    """Read the limits of X and Y: two fractions with a comma between."""
    try:
        x, y = (Decimal(part) for part in text.split(","))
    except (ValueError, InvalidOperation):
        raise ArgumentTypeError("two numbers with a comma between: 0.5,1.0") from None
    return x, y


class Command(BaseCommand):
    """Exit code 0 done, 1 refused with one line, 2 wrong use."""

    help = "Classify the clients as of a day and write nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        parser.add_argument("--as-of", type=date.fromisoformat, required=True, metavar="DATE")
        parser.add_argument("--measure", choices=Measure.values, help="regularity; as in the rules in force by default")
        parser.add_argument("--limits", type=limits, metavar="X,Y", help="limits of X and Y, fractions")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    @translation.override("en")  # the command line speaks one language
    def handle(self, *args: Any, **options: Any) -> None:
        """Classify and print the figures."""
        try:
            told = trial.classify(options["as_of"], measure=options["measure"], limits=options["limits"])
        except Refused as refusal:
            self.stderr.write(str(refusal))
            raise SystemExit(1) from None
        lines = [f"{name}: {value}" for name, value in told.items()]
        self.stdout.write(json.dumps(told, ensure_ascii=False) if options["json"] else "\n".join(lines))

"""manage.py import_orders: order history into the base."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from clients.intake import command


class Command(BaseCommand):
    """Bring files of orders (csv, csv.gz, xlsx, CommerceML) into the base."""

    help = "Order history into the base. Exit code 0 done, 1 refused with a one-line reason, 2 wrong use."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the options; wrong use ends with code 2."""
        parser.add_argument("files", nargs="+", metavar="FILE", type=Path)
        parser.add_argument(
            "--map", default="", metavar="NAME or FILE", help="a saved or ready mapping, or its YAML file"
        )
        parser.add_argument("--dry-run", action="store_true", help="say what would be done, change nothing")
        parser.add_argument("--skip-bad", action="store_true", help="take the good rows of a file with bad cells")
        same_day = parser.add_mutually_exclusive_group()
        same_day.add_argument(
            "--replace",
            dest="same_day",
            action="store_const",
            const="replace",
            default="",
            help="documents without a number replace those of the same client and day",
        )
        same_day.add_argument(
            "--add",
            dest="same_day",
            action="store_const",
            const="add",
            help="documents without a number are added to those of the same client and day",
        )
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run the import and end with its exit code."""
        result = command.run(
            options["files"],
            mapping=options["map"],
            dry_run=options["dry_run"],
            skip_bad=options["skip_bad"],
            same_day=options["same_day"],
        )
        command.answer(self, result, as_json=options["json"])

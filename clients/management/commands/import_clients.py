"""manage.py import_clients: clients, their legal entities and people into the base."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from clients.intake import command
from clients.intake.firms import CLIENTS


class Command(BaseCommand):
    """Bring files of clients and contacts (csv, csv.gz, xlsx, CommerceML) into the base."""

    help = "Clients and contacts into the base. Exit code 0 done, 1 refused with a one-line reason, 2 wrong use."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the options; wrong use ends with code 2."""
        parser.add_argument("files", nargs="+", metavar="FILE", type=Path)
        parser.add_argument(
            "--map", default="", metavar="NAME or FILE", help="a saved or ready mapping, or its YAML file"
        )
        parser.add_argument("--dry-run", action="store_true", help="say what would be done, change nothing")
        parser.add_argument("--skip-bad", action="store_true", help="take the good rows of a file with bad cells")
        parser.add_argument(
            "--file-wins", action="store_true", help="change what the base knows otherwise, not only empty fields"
        )
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run the import and end with its exit code."""
        names = ("dry_run", "skip_bad", "file_wins")
        result = command.run(
            options["files"], kind=CLIENTS, mapping=options["map"], **{name: options[name] for name in names}
        )
        command.answer(self, result, as_json=options["json"])

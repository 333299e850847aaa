"""`manage.py demo`: the sample company, or a larger base for benchmarks."""

import json
from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from salescrm.base import clock
from salescrm.demo import bulk, company, life, people


class Command(BaseCommand):
    """Fill an empty base with the sample company and print its log-ins; a second run only prints them."""

    help = "Fills an empty base with a sample company and prints the log-ins, one per role at least."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the options."""
        parser.add_argument("--until", type=date.fromisoformat, help="last day of the history; yesterday by default")
        parser.add_argument("--seed", type=int, default=1, help="another number, another company")
        parser.add_argument("--clients", type=int, help="a base for benchmarks with so many clients")
        parser.add_argument("--shipments", type=int, help="and so many documents of four lines each")
        parser.add_argument("--no-nights", action="store_true", help="leave the nights of the last weeks to be run")
        parser.add_argument("--remove", action="store_true", help="take the sample company's clients and orders away")
        parser.add_argument("--json", action="store_true", help="print one JSON object and nothing else")

    def handle(self, *args: Any, **options: Any) -> None:
        """Do what the options say."""
        try:
            self._do(options)
        except company.RefusalError as refusal:
            raise CommandError(str(refusal)) from refusal
        except ValueError as error:
            raise CommandError(str(error), returncode=2) from error

    def _do(self, options: dict[str, Any]) -> None:
        if options["remove"]:
            company.remove()
            return
        if not company.is_there():
            self._fill(options)
        if options["json"]:
            self.stdout.write(json.dumps(people.log_ins(), ensure_ascii=False))
        elif options["verbosity"] > 0:
            for user in people.log_ins()["users"]:
                self.stdout.write(f"{user['login']:<16} {user['password']:<20} {user['role']}: {user['name']}")

    def _fill(self, options: dict[str, Any]) -> None:
        until = options["until"] or clock.yesterday()
        if options["clients"] or options["shipments"]:
            bulk.fill(
                until,
                clients=options["clients"] or 2_600,
                shipments=options["shipments"] or 20_000,
                seed=options["seed"],
            )
            return
        company.fill(options["seed"], until)
        if not options["no_nights"]:
            life.live(until, say=self._progress(options))

    def _progress(self, options: dict[str, Any]) -> Any:
        quiet = options["verbosity"] < 1
        return lambda line: None if quiet else self.stderr.write(line)

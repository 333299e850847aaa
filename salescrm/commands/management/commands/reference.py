"""`manage.py reference`: the rows every base needs."""

from typing import Any

from django.core.management.base import BaseCommand

from salescrm.base import clock, reference
from staff.handbook.actions import load_content


class Command(BaseCommand):
    """Load the reference rows; safe to repeat, keeps what people edited."""

    help = "Adds the reference rows that are missing; what people edited stays."

    def handle(self, *args: Any, **options: Any) -> None:
        """Load and say how many rows were added."""
        added = reference.load()
        added["staff.Article"] = load_content(clock.now())
        if options["verbosity"] > 0:
            for label, count in added.items():
                self.stdout.write(f"{label}: {count} added")

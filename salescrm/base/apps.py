"""The floor's entry in Django's registry."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate

from salescrm.base.history import plan_without_loops


class Base(AppConfig):
    """The floor: what knows no business word."""

    name = "salescrm.base"
    label = "base"

    def ready(self) -> None:
        """Look after the triggers once tables are made or changed."""
        post_migrate.connect(plan_without_loops, sender=self)

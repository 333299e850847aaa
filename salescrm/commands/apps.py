"""The roof's entry in Django's registry: its commands, and Celery's app for whoever sends a task."""

from django.apps import AppConfig


class Commands(AppConfig):
    """The roof as Django sees it."""

    name = "salescrm.commands"
    label = "roof"

    def ready(self) -> None:
        """Load Celery's app, so that a task sent from a page goes to our broker."""
        from salescrm import celery

        celery.app.set_default()

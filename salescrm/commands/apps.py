"""The roof's management commands: what must know all rooms."""

from django.apps import AppConfig


class Commands(AppConfig):
    """No models; `manage.py` finds the commands of this package."""

    name = "salescrm.commands"
    label = "roof"

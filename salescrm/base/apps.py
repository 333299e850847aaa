"""The floor's entry in Django's registry."""

from django.apps import AppConfig


class Base(AppConfig):
    """The floor: what knows no business word."""

    name = "salescrm.base"
    label = "base"

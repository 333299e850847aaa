"""The room's entry in Django's registry."""

from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class Staff(AppConfig):
    """See the room's line in the README."""

    name = "staff"
    verbose_name = _("Staff")

    def import_models(self) -> None:
        """Read the models of the room's packages with its own."""
        super().import_models()
        import_module("staff.handbook.models")
        import_module("staff.learning.models")
        import_module("staff.structure.models")

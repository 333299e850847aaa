"""The room's entry in Django's registry."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class Clients(AppConfig):
    """See the room's line in the README."""

    name = "clients"
    verbose_name = _("Clients")

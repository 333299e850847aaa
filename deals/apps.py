"""The room's entry in Django's registry."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class Deals(AppConfig):
    """See the room's line in the README."""

    name = "deals"
    verbose_name = _("Deals")

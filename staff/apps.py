"""The room's entry in Django's registry."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class Staff(AppConfig):
    """See the room's line in the README."""

    name = "staff"
    verbose_name = _("Staff")

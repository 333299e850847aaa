"""Why clients stop buying: a dictionary."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from clients.models.named import Named


class LossReason(Named):
    """Why a client does not buy again: a dictionary (R125); one no longer used is switched off, never deleted."""

    code = models.SlugField(_("code"), max_length=40, unique=True)
    order = models.PositiveSmallIntegerField(_("order"), default=0)
    is_active = models.BooleanField(_("is offered"), default=True)

    class Meta:
        verbose_name = _("reason of loss")
        verbose_name_plural = _("reasons of loss")
        ordering = ["order", "pk"]

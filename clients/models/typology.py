"""The typology: spheres of activity and their segments."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from clients.models.named import Named


class Sphere(Named):
    """A sphere of activity: the first level of the typology (R24)."""

    code = models.SlugField(_("code"), max_length=40, unique=True)
    content = models.JSONField(default=dict, help_text="parameters, needs and steps of the sphere as loaded")

    class Meta:
        verbose_name = _("sphere")
        verbose_name_plural = _("spheres")


class Segment(Named):
    """A segment of a sphere: the client's type (R24)."""

    sphere = models.ForeignKey(Sphere, on_delete=models.PROTECT, related_name="segments")
    code = models.SlugField(_("code"), max_length=40, unique=True)
    content = models.JSONField(default=dict, help_text="description, signs and questions of the segment as loaded")

    class Meta:
        verbose_name = _("segment")
        verbose_name_plural = _("segments")

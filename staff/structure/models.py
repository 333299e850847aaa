"""The staffing plan and the versions of the structure that were approved (R200, R203)."""

from __future__ import annotations

import pghistory
from django.db import models
from django.utils.translation import gettext_lazy as _

from staff.models import Branch, Employee, Position


@pghistory.track()
class Post(models.Model):
    """How many people a position of a branch has in the staffing plan (R203)."""

    code = models.SlugField(_("code"), max_length=61, unique=True)
    branch = models.ForeignKey(Branch, verbose_name=_("branch"), on_delete=models.PROTECT, related_name="posts")
    position = models.ForeignKey(Position, verbose_name=_("position"), on_delete=models.PROTECT, related_name="posts")
    units = models.PositiveSmallIntegerField(_("units of staff"))

    class Meta:
        verbose_name = _("post")
        verbose_name_plural = _("posts")
        constraints = [
            models.UniqueConstraint(
                fields=["branch", "position"],
                name="one_post_per_branch_and_position",
                violation_error_message=_("The branch has this position in its plan already."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.position}, {self.branch}"


class StructureVersion(models.Model):
    """The structure as the director approved it; never changed afterwards (R200)."""

    approved_at = models.DateTimeField(_("approved at"))
    approved_by = models.ForeignKey(Employee, verbose_name=_("approved by"), on_delete=models.PROTECT, related_name="+")
    note = models.CharField(_("note"), max_length=200, blank=True)
    kept = models.JSONField(
        help_text="by the number of a person and by the code of a post: what stands in the structure"
    )

    class Meta:
        verbose_name = _("version of the structure")
        verbose_name_plural = _("versions of the structure")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.approved_at:%Y-%m-%d}"

"""Named sets of pipelines and stages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Prefetch

if TYPE_CHECKING:
    from deals.pipelines.models import Pipeline, Stage
else:
    Pipeline = Stage = Any


class PipelineQuerySet(models.QuerySet["Pipeline"]):
    """Sets of pipelines."""

    def offered(self) -> PipelineQuerySet:
        """Keep those deals may be opened in."""
        return self.filter(is_active=True)

    def with_stages(self) -> PipelineQuerySet:
        """Read the stages offered along with the pipelines."""
        stages = self.model._meta.get_field("stages").related_model
        return self.prefetch_related(Prefetch("stages", stages._default_manager.filter(is_active=True)))


class StageQuerySet(models.QuerySet["Stage"]):
    """Sets of stages."""

    def offered(self) -> StageQuerySet:
        """Keep those a deal may be moved to."""
        return self.filter(is_active=True)

    def open(self) -> StageQuerySet:
        """Keep those in which a deal is worked."""
        return self.filter(kind="open")

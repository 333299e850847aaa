"""What is sold: directions, categories, products."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from clients.models.client import Source
from clients.models.named import Named
from salescrm.base.models import Intake


class Direction(Named):
    """A product line: home textile, promo textile (R15)."""

    code = models.SlugField(_("code"), max_length=40, unique=True, allow_unicode=True)

    class Meta:
        verbose_name = _("direction")
        verbose_name_plural = _("directions")


class Category(models.Model):
    """A group of products."""

    name = models.CharField(_("name"), max_length=150, unique=True)
    direction = models.ForeignKey(
        Direction,
        verbose_name=_("direction"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="categories",
    )
    intake = models.ForeignKey(Intake, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("category")
        verbose_name_plural = _("categories")

    def __str__(self) -> str:
        return self.name


class Product(models.Model):
    """A product of a source."""

    source = models.ForeignKey(Source, on_delete=models.PROTECT)
    code = models.CharField(_("code"), max_length=100, db_collation="C")
    name = models.CharField(_("name"), max_length=300)
    category = models.ForeignKey(Category, null=True, blank=True, on_delete=models.PROTECT, related_name="products")
    intake = models.ForeignKey(Intake, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("product")
        verbose_name_plural = _("products")
        constraints = [models.UniqueConstraint(fields=["source", "code"], name="one_product_per_code")]

    def __str__(self) -> str:
        return self.name

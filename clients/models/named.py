"""What dictionaries have in common: a name in both languages."""

from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _


class Named(models.Model):
    """A row people know by its name; the English one where the page is English and it is given."""

    name = models.CharField(_("name"), max_length=150)
    name_en = models.CharField(_("name in English"), max_length=150, blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return (get_language() == "en" and self.name_en) or self.name

"""The figures by which reading of the base is watched, and people are assessed (R21, R216, R376)."""

from django.utils.translation import gettext_lazy as _

from salescrm.base import guard
from salescrm.base.automation import Number
from staff.learning import reading

NUMBERS = (
    Number("assessment-months", _("months between two competence cards of a person"), reading.ASSESSMENT_MONTHS, 1, 36),
    Number("export-rows", _("an export of more rows is told to the heads"), guard.MANY_ROWS),
    Number("cards-a-day", _("cards of others' clients on one day: more are told"), guard.MANY_CARDS),
    Number("listed-a-day", _("others' clients read in lists on one day: more are told"), guard.MANY_LISTED),
    Number("contacts-a-day", _("contacts of others' clients shown on one day: more are told"), guard.MANY_CONTACTS),
    Number("own-contacts-a-day", _("contacts of own clients shown on one day: more are told"), guard.MANY_OWN_CONTACTS),
)

"""What the night does by itself, and the figures it works by beside its rules (R376)."""

from django.utils.translation import gettext_lazy as _

from salescrm.base.automation import Automation, Number
from segmentation.priorities import preparation
from segmentation.steps.contacts import MOST_AT_ONCE

AUTOMATIONS = (
    Automation(
        "night",
        _("The night"),
        _("Turnover, classes, TOP list, life cycle, returns, hand-overs, contact norm and priorities of yesterday."),
        "night",
        "segmentation:rules",
        trial_page="segmentation:nights",
    ),
)
NUMBERS = (
    Number(
        "spread-newcomers", _("more clients that come under the contact norm in one night are spread"), MOST_AT_ONCE
    ),
    Number(
        "usual-share", _("what so many % of the buyers of a type buy is usual for it"), preparation.USUAL_SHARE, 1, 100
    ),
    Number(
        "fewest-buyers", _("of fewer buyers of a type nothing is said to be usual"), preparation.FEWEST_BUYERS, 2, 1000
    ),
)

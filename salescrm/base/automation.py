"""What the program does by itself: each job has a switch, each figure it works by has versions (R376).

Rooms offer their automatic jobs and figures in the modules `settings.AUTOMATION` names. A figure's usual value stands
in the code beside its rule; a version from the page holds in its place from its day on.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from importlib import import_module
from typing import TYPE_CHECKING, Any

from django.conf import settings

from salescrm.base.models import AutomationSwitch, NumberVersion

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise


@dataclass(frozen=True)
class Automation:
    """An automatic job: its switch, its task in the schedule, the page of its rules, and how it is tried."""

    code: str
    title: _StrOrPromise
    says: _StrOrPromise
    task: str
    rules: str = ""
    trial: Callable[[datetime], Any] | None = None
    trial_page: str = ""


@dataclass(frozen=True)
class Number:
    """A figure people may change: what it means, its usual value and its bounds."""

    code: str
    title: _StrOrPromise
    usual: int
    least: int = 1
    most: int = 1_000_000


def automations() -> list[Automation]:
    """Return the automatic jobs of all rooms."""
    return [one for module in settings.AUTOMATION for one in getattr(import_module(module), "AUTOMATIONS", ())]


def numbers() -> list[Number]:
    """Return the figures of all rooms."""
    return [one for module in settings.AUTOMATION for one in getattr(import_module(module), "NUMBERS", ())]


def is_on(code: str) -> bool:
    """Say whether a job is switched on; one nobody has ever switched is."""
    newest = AutomationSwitch.objects.filter(code=code).order_by("-pk").values_list("is_on", flat=True).first()
    return newest is not False


def number(code: str, usual: int, on: date) -> int:
    """Return the figure in force on a day, the usual one before its first version."""
    versions = NumberVersion.objects.filter(code=code, effective_from__lte=on).order_by("-effective_from", "-pk")
    found = versions.values_list("value", flat=True).first()
    return usual if found is None else found

"""What a constraint of the database says to people when something breaks it."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.db import IntegrityError


def told(fault: IntegrityError) -> str:
    """Return the message of the constraint that was broken; empty for one that has none of its own."""
    diag: Any = getattr(fault.__cause__, "diag", None)
    broken = getattr(diag, "constraint_name", None)
    for model in apps.get_models():
        for constraint in model._meta.constraints:
            if constraint.name == broken and constraint.violation_error_message:
                own = constraint.violation_error_message != constraint.default_violation_error_message
                return str(constraint.get_violation_error_message()) if own else ""
    return ""

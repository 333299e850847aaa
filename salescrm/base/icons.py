"""Icons: single outline drawings of @tabler/icons, put into the page where they stand."""

import re
import sys
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

NAME = re.compile(r"[a-z0-9][a-z0-9-]*")
SHAPES = re.compile(r"<svg[^>]*>(.*)</svg>", re.DOTALL)
UNKNOWN = '<circle cx="12" cy="12" r="9"/>'


def folder() -> Path:
    """Where the drawings lie once `python -m salescrm.assets` has run."""
    return Path(settings.BASE_DIR) / "node_modules" / "@tabler" / "icons" / "icons" / "outline"


@lru_cache(maxsize=1000)
def icon(name: str, classes: str = "") -> SafeString:
    """Return the drawing `name` as one inline SVG of one em, hidden from screen readers.

    Raises LookupError for an unknown name while developing and testing; elsewhere a plain circle stands in.
    """
    style = f"ti ti-{name} {classes}".strip()
    return mark_safe(
        f'<svg class="{escape(style)}" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" '
        f'stroke-linecap="round" stroke-linejoin="round" aria-hidden="true" focusable="false">{_shapes(name)}</svg>'
    )


def _shapes(name: str) -> str:
    path = folder() / f"{name}.svg"
    if NAME.fullmatch(name) and path.is_file():
        found = SHAPES.search(path.read_text())
        if found:
            return re.sub(r"\s*\n\s*", "", found[1])
    if settings.DEBUG or "pytest" in sys.modules:
        raise LookupError(f"no icon {name!r} in {folder()}")
    return UNKNOWN

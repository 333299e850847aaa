"""Texts of offers: placeholders of a fixed list, a little markup, plain substitution; nothing is ever executed.

A paragraph ends with an empty line, a line that begins with "- " is an item of a list, **words** are bold. Values are
put in last, escaped, in one pass: what a client is called is never read as markup or as a placeholder.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

PLACEHOLDERS = ("client", "contact", "deal", "manager", "goods", "total", "valid_until")
_PLACE = re.compile(r"\{([^{}\n]{0,60})\}")
_BOLD = re.compile(r"\*\*(.+?)\*\*")


def unknown(text: str) -> list[str]:
    """Return the placeholders of a text that are none of the list, each once, in their order."""
    return list(dict.fromkeys(name for name in _PLACE.findall(text) if name not in PLACEHOLDERS))


def render(text: str, values: Mapping[str, str]) -> SafeString:
    """Return a text as HTML; a placeholder without a value leaves nothing."""
    blocks = re.split(r"\n\s*\n", text.replace("\r\n", "\n").strip())
    marked = "".join(_block(block.splitlines()) for block in blocks if block.strip())
    filled = _PLACE.sub(lambda place: str(escape(values.get(place[1], ""))), marked)
    return mark_safe(filled)  # all of it is escaped above


def _block(lines: Iterable[str]) -> str:
    """Draw lines that stand together: runs of items as lists, the rest as paragraphs."""
    said: list[str] = []
    items: list[str] = []
    words: list[str] = []

    def end() -> None:
        if words:
            said.append(f"<p>{'<br>'.join(words)}</p>")
        if items:
            said.append("<ul>" + "".join(f"<li>{item}</li>" for item in items) + "</ul>")
        words.clear()
        items.clear()

    for line in lines:
        is_item = line.lstrip().startswith("- ")
        if (is_item and words) or (not is_item and items):
            end()
        (items if is_item else words).append(_line(line.lstrip()[2:] if is_item else line))
    end()
    return "".join(said)


def _line(line: str) -> str:
    return _BOLD.sub(r"<b>\1</b>", str(escape(line.strip())))

"""Markdown of articles as HTML: no raw HTML, no images, only links the parser holds for safe; changes in words."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import SequenceMatcher

from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.token import Token

BOXES = {"[ ] ": "☐ ", "[x] ": "☑ ", "[X] ": "☑ "}
AROUND = 12  # words left around a change
_PARSER = MarkdownIt("commonmark", {"html": False}).enable("table").disable("image")


def render(text: str) -> tuple[SafeString, list[tuple[str, str]]]:
    """Return the HTML of a text and its headings as (anchor, words); a page has its own h1, so # becomes h2."""
    tokens = _PARSER.parse(text)
    contents: list[tuple[str, str]] = []
    for place, token in enumerate(tokens):
        if token.type == "heading_open":
            anchor = f"p{len(contents) + 1}"
            token.attrSet("id", anchor)
            contents.append((anchor, _words(tokens[place + 1])))
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(max(int(token.tag[1]), 2), 4)}"
        if token.type == "table_open":
            token.attrSet("class", "tbl")
        if token.type == "list_item_open":
            _check(tokens, place)
    return mark_safe(_PARSER.renderer.render(tokens, _PARSER.options, {})), contents  # raw HTML is off


def _check(tokens: list[Token], place: int) -> None:
    """Draw “[ ] ” at the beginning of a line of a list as a box."""
    if place + 2 >= len(tokens) or tokens[place + 2].type != "inline":
        return
    first = next(iter(tokens[place + 2].children or []), None)
    if first is not None and first.type == "text" and first.content[:4] in BOXES:
        first.content = BOXES[first.content[:4]] + first.content[4:]
        tokens[place].attrSet("class", "check")


def _words(inline: Token) -> str:
    return "".join(part.content for part in inline.children or [])


@dataclass(frozen=True)
class Piece:
    """A run of words of two versions: `kind` is "same", "gone", "new", or "far" for what is left out between."""

    kind: str
    words: str


def compare(before: str, after: str) -> list[Piece]:
    """Return what changed between two texts, word by word within the lines that differ; nothing when alike."""
    old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
    pieces: list[Piece] = []
    for kind, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            pieces.append(Piece("same", "".join(old[a:b])))
        else:
            pieces += _by_words("".join(old[a:b]), "".join(new[c:d]))
    joined = _joined(pieces)
    if all(piece.kind == "same" for piece in joined):
        return []
    return [short for place, piece in enumerate(joined) for short in _shortened(piece, place, len(joined))]


def _by_words(before: str, after: str) -> list[Piece]:
    old, new = re.findall(r"\S+\s*|\s+", before), re.findall(r"\S+\s*|\s+", after)
    pieces = []
    for kind, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            pieces.append(Piece("same", "".join(old[a:b])))
            continue
        pieces += [Piece("gone", "".join(old[a:b]))] if b > a else []
        pieces += [Piece("new", "".join(new[c:d]))] if d > c else []
    return pieces


def _joined(pieces: list[Piece]) -> list[Piece]:
    joined: list[Piece] = []
    for piece in pieces:
        if joined and joined[-1].kind == piece.kind:
            joined[-1] = Piece(piece.kind, joined[-1].words + piece.words)
        else:
            joined.append(piece)
    return joined


def _shortened(piece: Piece, place: int, of: int) -> list[Piece]:
    words = re.findall(r"\S+\s*|\s+", piece.words)
    if piece.kind != "same" or len(words) <= 2 * AROUND:
        return [piece]
    head = Piece("same", "".join(words[:AROUND])) if place else None
    tail = Piece("same", "".join(words[-AROUND:])) if place < of - 1 else None
    return [one for one in (head, Piece("far", ""), tail) if one is not None]

"""Markdown of articles as HTML: no raw HTML, no images, only links the parser holds for safe."""

from __future__ import annotations

from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.token import Token

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
    return mark_safe(_PARSER.renderer.render(tokens, _PARSER.options, {})), contents  # raw HTML is off


def _words(inline: Token) -> str:
    return "".join(part.content for part in inline.children or [])

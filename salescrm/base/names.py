"""The one normaliser of names: case, ё, legal form, transliteration, keyboard layout (search, duplicates, intake)."""

from __future__ import annotations

import re
import unicodedata

_FORMS = frozenset(
    [
        "ооо",
        "оао",
        "зао",
        "пао",
        "ао",
        "нао",
        "ип",
        "чп",
        "тоо",
        "одо",
        "гк",
        "тд",
        "тпк",
        "нко",
        "нп",
        "ано",
        "сро",
        "фгуп",
        "гуп",
        "муп",
        "мбу",
        "гбу",
        "кфх",
        "пк",
        "llc",
        "ltd",
        "limited",
        "inc",
        "incorporated",
        "corp",
        "corporation",
        "gmbh",
        "plc",
        "llp",
        "oy",
        "sarl",
        "pjsc",
        "jsc",
        "ojsc",
        "cjsc",
        "ooo",
        "oao",
        "zao",
        "pao",
    ]
)
_LONG_FORMS = re.compile(
    r"обществ\w+ с ограниченн\w+ ответственност\w+|(?:публичн\w+ |открыт\w+ |закрыт\w+ )?акционерн\w+ обществ\w+"
    r"|индивидуальн\w+ предпринимател\w+|торгов\w+ дом|групп\w+ компани\w+"
)
_CYRILLIC = "абвгдежзийклмнопрстуфхцчшщъыьэюяіїєґў"
_LATIN = "a b v g d e zh z i y k l m n o p r s t u f h c ch sh sch _ y _ e yu ya i yi e g u".replace("_", "").split(" ")
_LETTERS = {ord(cyrillic): latin for cyrillic, latin in zip(_CYRILLIC, _LATIN, strict=True)}
_SAME = [("kh", "h"), ("ts", "c"), ("shch", "sch"), ("ph", "f"), ("x", "ks"), ("w", "v"), ("iy", "y"), ("j", "y")]
WORD = 3  # letters: fewer are no word, and no index finds a text by them
_WORD = re.compile(r"[^\W_]+")
_EN = "qwertyuiop[]asdfghjkl;'zxcvbnm,.`"
_RU = "йцукенгшщзхъфывапролджэячсмитьбюё"
_TO_RU = str.maketrans(_EN + _EN.upper(), _RU + _RU.upper())
_TO_EN = str.maketrans(_RU + _RU.upper(), _EN + _EN.upper())


def sort_key(name: str) -> str:
    """Return people's order of names for COLLATE "C": lower case, ё right after е."""
    return " ".join(name.lower().split()).replace("ё", "е\ufffd")[:300]


def key(name: str) -> str:
    """Return the name without case, marks, legal form and alphabet: «ООО "Принт-Хаус"» → "print haus".

    A name that is nothing but a legal form keeps its words.
    """
    plain = unicodedata.normalize("NFKC", name).lower().replace("ё", "е")
    words = _WORD.findall(_LONG_FORMS.sub(" ", plain)) or _WORD.findall(plain)
    own = [word for word in words if word not in _FORMS] or words
    joined = " ".join(own)
    return (_latin(joined) or joined)[:255]


def keys(typed: str) -> list[str]:
    """Return the keys a person may have meant: as typed, and in the other keyboard layout ("ghbyn" → "принт").

    Where one layout gives a word, the letters left between the other's commas and brackets ("эхо" → "'[j") are none.
    """
    found = [key(typed), key(typed.translate(_TO_RU)), key(typed.translate(_TO_EN))]
    meant = list(dict.fromkeys(word for word in found if word))
    return [one for one in meant if max(map(len, one.split())) >= WORD] or meant


def other_layout(typed: str) -> str:
    """Return what the same keys give in the other keyboard layout: "ghbyn" → "принт"."""
    return typed.translate(_TO_RU) if re.search("[a-z]", typed.lower()) else typed.translate(_TO_EN)


def _latin(text: str) -> str:
    text = "".join(mark for mark in unicodedata.normalize("NFKD", text.translate(_LETTERS)) if mark.isascii())
    for written, meant in _SAME:
        text = text.replace(written, meant)
    return " ".join(text.split())

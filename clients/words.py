"""The words that names are made of, each with how often it is there: a slip becomes a word that exists.

Tens of thousands of words are compared where a million names were. Triggers (migration `search_words`) note in
`NewWord` what each statement adds to the words of a table or takes from them; they only add rows, so no writer ever
waits for another. Read together with the notes the numbers are exact at every moment. Words of fewer than three letters
and figures are not kept: a number that is almost right is another one.

The words only help to find: letters as typed are looked for in the names themselves, whatever is kept here.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.contrib.postgres.indexes import GinIndex
from django.db import models

from salescrm.base import locks, sql

CLIENT, ENTITY, CONTACT = "client", "entity", "contact"
NAMES = (CLIENT, ENTITY, CONTACT)
ALIKE = 8  # words that are taken for one with a slip


class Counted(models.Model):
    """A word of names of one table, and how often it is there."""

    kind = models.CharField(max_length=20, help_text="which table's names")
    word = models.CharField(max_length=255, db_collation="C")
    names = models.BigIntegerField()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.kind} {self.word}: {self.names}"


class NameWord(Counted):
    """How often the word was there when notes were last worked off."""

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "word"], name="nameword_once")]
        indexes = [GinIndex(fields=["word"], opclasses=["gin_trgm_ops"], name="nameword_trgm")]  # words like this one


class NewWord(Counted):
    """A note of how much more, or less, often the word is there since; written by triggers alone."""


@dataclass(frozen=True)
class Word:
    """A word that exists, and how often."""

    text: str
    names: int


def alike(typed: Iterable[str], kinds: Iterable[str]) -> dict[tuple[str, str], list[Word]]:
    """Return by kind and word typed the words much like it, the likest first; the session tolerates slips."""
    found: dict[tuple[str, str], list[Word]] = {}
    given = {"typed": list(dict.fromkeys(typed)), "kinds": list(kinds), "most": ALIKE}
    for row in sql.rows("clients", "find_words_alike", given) if given["typed"] else ():
        found.setdefault((row["kind"], row["typed"]), []).append(Word(row["word"], row["names"]))
    return found


def work_off() -> int:
    """Bring the words up to date; return how many changed. Where somebody else is at it, nothing is done."""
    if not NewWord.objects.exists() or not locks.try_lock(locks.Key.WORDS):
        return 0
    return sql.run("clients", "count_words")


def rebuild() -> int:
    """Note every difference between the words kept and the names there are (not of tasks); return how many differed."""
    return sql.run("clients", "note_lost_words")

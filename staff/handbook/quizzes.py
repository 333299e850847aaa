"""Questions of a test, as they are written: "?" a question, "+" a right answer, "-" a wrong one."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from staff.handbook.models import Quiz


class BadQuiz(ValueError):
    """The questions cannot be read; the message says which line and why."""


@dataclass
class Question:
    """A question with its answers as (words, is it right)."""

    words: str
    answers: list[tuple[str, bool]] = field(default_factory=list)

    @property
    def right(self) -> set[int]:
        """Places of the right answers."""
        return {place for place, (_words, is_right) in enumerate(self.answers) if is_right}


def read(text: str) -> list[Question]:
    """Return the questions of a text; raise BadQuiz with the line that is wrong."""
    questions: list[Question] = []
    for number, line in enumerate(text.splitlines(), 1):
        mark, words = line.strip()[:1], line.strip()[1:].strip()
        if not line.strip():
            continue
        if mark not in "?+-" or not words or (mark != "?" and not questions):
            raise BadQuiz(_("Line %(n)s: begin with “?”, “+” or “-”, a question before its answers.") % {"n": number})
        if mark == "?":
            questions.append(Question(words))
        else:
            questions[-1].answers.append((words, mark == "+"))
    for one in questions:
        if len(one.answers) < 2 or not one.right or len({words for words, _right in one.answers}) < len(one.answers):
            raise BadQuiz(
                _("“%(words)s”: at least two different answers, one of them right.") % {"words": one.words[:80]}
            )
    if not questions:
        raise BadQuiz(_("Write at least one question."))
    return questions


def agree(text: str, text_en: str) -> None:
    """Raise BadQuiz unless both languages ask the same: as many answers, the right ones in the same places."""
    shapes = [[[right for _words, right in one.answers] for one in read(each)] for each in (text, text_en)]
    if shapes[0] != shapes[1]:
        raise BadQuiz(_("Questions and right answers in English stand in the same order as in Russian."))


def questions_of(quiz: Quiz) -> list[Question]:
    """Return the questions in the reader's language, else in Russian."""
    return read((quiz.text_en if get_language() == "en" else "") or quiz.text)


def right_of(questions: Sequence[Question], given: Sequence[Collection[int]]) -> int:
    """Count the questions of which all right answers and no wrong one were chosen."""
    return sum(set(chosen) == one.right for one, chosen in zip(questions, given, strict=True))

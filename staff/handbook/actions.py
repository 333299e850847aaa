"""What people do with articles, and the articles the program brings along; the only writer of the book.

Whoever changes an article or a version of it holds the article's row and says which state was seen: the second person
is told and changes nothing. Refused has one line for the person.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import yaml
from django.db import transaction
from django.db.models import F, Max
from django.db.models.functions import Now
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from salescrm.base import notify
from staff.access import ACTS, Act, Role, may
from staff.handbook import quizzes, reading
from staff.handbook.models import Acknowledgement, Article, ArticleVersion, Quiz, QuizTry, Section, State
from staff.models import Employee

CONTENT = Path(__file__).parent / "content"
WORDS = ("title", "text", "title_en", "text_en", "changed", "asks_again")
OPEN = {Section.KNOWLEDGE, Section.SCRIPT, Section.TYPOLOGY}  # sections those write who keep the knowledge base
TO_READ = gettext_noop("Read in the sales book: {name}")
TO_APPROVE = gettext_noop("Waits for your approval in the sales book: {name}")
GIVEN_BACK = gettext_noop("Returned to you in the sales book: {name}. {why}")


class Refused(Exception):
    """The change is not made; the message is for the person."""


def may_edit(person: Employee, section: str) -> bool:
    """Say whether `person` writes drafts of a section."""
    return may(person, Act.EDIT_HANDBOOK) or (section in OPEN and may(person, Act.EDIT_KNOWLEDGE))


def _hold(article: Article) -> Article:
    return Article.objects.select_for_update(no_key=True).get(pk=article.pk)


def _changed() -> Refused:
    return Refused(_("Somebody changed it meanwhile. Open the article again."))


# --- drafts and what holds --------------------------------------------------------------------------------------------


def in_work(article: Article) -> ArticleVersion | None:
    """Return the draft of an article, or what waits for approval."""
    return article.versions.exclude(state=State.IN_FORCE).select_related("author").first()


@transaction.atomic
def create(
    *, code: str, section: str, words: Mapping[str, Any], acting_user: Employee, now: datetime
) -> ArticleVersion:
    """Begin an article with its first draft; its code is free."""
    last = Article.objects.filter(section=section).aggregate(Max("place"))["place__max"] or 0
    article = Article.objects.create(code=code, section=section, place=last + 1, owner=acting_user)
    return ArticleVersion.objects.create(article=article, number=1, author=acting_user, written_at=now, **_words(words))


@transaction.atomic
def write(
    *, article: Article, seen: str, words: Mapping[str, Any], acting_user: Employee, now: datetime
) -> ArticleVersion:
    """Write the draft of an article made from the version `seen` (`mark`), a draft again if it waited."""
    article = _hold(article)
    draft = in_work(article)
    newest = draft or article.versions.order_by("-number").first()
    if newest is None or mark(newest) != seen:
        raise _changed()
    if draft is None:
        draft = ArticleVersion(article=article, number=newest.number + 1, seen=0)
    for name, value in _words(words).items():
        setattr(draft, name, value)
    draft.state, draft.author, draft.written_at, draft.seen = State.DRAFT, acting_user, now, draft.seen + 1
    draft.save()
    return draft


def mark(version: ArticleVersion) -> str:
    """Name a version as a form has seen it."""
    return f"{version.number}.{version.seen}"


def _words(words: Mapping[str, Any]) -> dict[str, Any]:
    return {name: words[name] for name in WORDS if name in words}


def _draft(article: Article, seen: str) -> ArticleVersion:
    draft = in_work(article)
    if draft is None or mark(draft) != seen:
        raise _changed()
    return draft


@transaction.atomic
def submit(*, article: Article, seen: str, acting_user: Employee) -> ArticleVersion:
    """Send the draft for approval and tell those who approve."""
    draft = _draft(_hold(article), seen)
    draft.state, draft.returned, draft.seen = State.WAITING, "", draft.seen + 1
    draft.save(update_fields=["state", "returned", "seen"])
    approvers = [role for role in Role.values if Act.APPROVE_HANDBOOK in ACTS[role]]
    people = Employee.people.working().filter(role__in=approvers).exclude(pk=acting_user.pk)
    notify.tell(
        people.values_list("pk", flat=True),
        kind="handbook",
        text=TO_APPROVE,
        key=f"handbook-wait-{draft.pk}-{draft.seen}",
        url=reverse("handbook:article", args=[article.code]),
        name=draft.title,
    )
    return draft


@transaction.atomic
def give_back(*, article: Article, seen: str, why: str, acting_user: Employee) -> ArticleVersion:
    """Return what waits for approval to its author with the reason."""
    draft = _draft(_hold(article), seen)
    draft.state, draft.returned, draft.seen = State.DRAFT, why, draft.seen + 1
    draft.save(update_fields=["state", "returned", "seen"])
    if draft.author_id and draft.author_id != acting_user.pk:
        notify.tell(
            [draft.author_id],
            kind="handbook",
            text=GIVEN_BACK,
            key=f"handbook-back-{draft.pk}-{draft.seen}",
            url=reverse("handbook:article", args=[article.code]),
            name=draft.title,
            why=why,
        )
    return draft


@transaction.atomic
def approve(*, article: Article, seen: str, acting_user: Employee, now: datetime) -> ArticleVersion:
    """Put the draft in force; who has to read it is told. The first version always asks for reading."""
    article = _hold(article)
    draft = _draft(article, seen)
    is_first = not article.versions.filter(state=State.IN_FORCE).exists()
    draft.state, draft.published_by, draft.published_at = State.IN_FORCE, acting_user, now
    draft.asks_again, draft.returned, draft.seen = draft.asks_again or is_first, "", draft.seen + 1
    draft.save()
    Article.objects.filter(pk=article.pk).update(to_review_since=None, seen=F("seen") + 1)
    if draft.asks_again:
        _ask(article, draft)
    return draft


def _ask(article: Article, version: ArticleVersion) -> None:
    """Tell everybody an article concerns that it is to be read, once per version."""
    if not article.must_read or article.withdrawn_at:
        return
    notify.tell(
        [one.pk for one in reading.concerned(article)],
        kind="handbook",
        text=TO_READ,
        key=f"handbook-read-{version.pk}",
        url=reverse("handbook:article", args=[article.code]),
        name=version.title,
    )


@transaction.atomic
def arrange(
    *,
    article: Article,
    seen: int,
    fields: Mapping[str, Any],
    positions: Collection[Any],
    branches: Collection[Any],
) -> None:
    """Change whom an article concerns, until when it is read, where it stands and what leads to it."""
    held = _hold(article)
    if held.seen != seen:
        raise _changed()
    for name, value in fields.items():
        setattr(held, name, value)
    held.seen += 1
    held.save()
    held.positions.set(positions)
    held.branches.set(branches)
    asked = held.versions.filter(state=State.IN_FORCE, asks_again=True).order_by("-number").first()
    if asked is not None:
        _ask(held, asked)


@transaction.atomic
def withdraw(*, article: Article, seen: int, why: str, acting_user: Employee, now: datetime) -> None:
    """Take an article out of the book; it stays readable for those who keep the book."""
    held = _hold(article)
    if held.seen != seen or held.withdrawn_at:
        raise _changed()
    held.withdrawn_at, held.withdrawn_by, held.withdrawn_why, held.seen = now, acting_user, why, held.seen + 1
    held.save()


@transaction.atomic
def bring_back(*, article: Article, seen: int) -> None:
    """Put a withdrawn article into the book again."""
    held = _hold(article)
    if held.seen != seen or not held.withdrawn_at:
        raise _changed()
    held.withdrawn_at, held.withdrawn_by, held.withdrawn_why, held.seen = None, None, "", held.seen + 1
    held.save()


def settings_changed(setup: str) -> int:
    """Note that settings a text rests on have changed (R281): articles are to be looked through; return how many."""
    return Article.objects.filter(rests_on__contains=[setup], to_review_since__isnull=True).update(
        to_review_since=Now()
    )


# --- reading and tests ------------------------------------------------------------------------------------------------


def acknowledge(version: ArticleVersion, person: Employee, now: datetime) -> None:
    """Keep that `person` has read and understood a version; a second time changes nothing."""
    Acknowledgement.objects.bulk_create(
        [Acknowledgement(version=version, person=person, at=now)], ignore_conflicts=True
    )


@transaction.atomic
def write_quiz(*, article: Article, seen: int, fields: Mapping[str, Any], acting_user: Employee, now: datetime) -> Quiz:
    """Keep the next test of an article; results of earlier ones stay with them. Raise quizzes.BadQuiz."""
    article = _hold(article)
    newest = article.quizzes.aggregate(Max("number"))["number__max"] or 0
    if newest != seen:
        raise _changed()
    if fields["text_en"].strip():
        quizzes.agree(fields["text"], fields["text_en"])
    quizzes.read(fields["text"])
    return Quiz.objects.create(article=article, number=newest + 1, author=acting_user, at=now, **fields)


@transaction.atomic
def take_quiz(
    *, quiz: Quiz, given: Sequence[Collection[int]], submission: UUID, person: Employee, now: datetime
) -> QuizTry:
    """Keep a person's answers and how they went; the same form again gives the same try."""
    Employee.objects.select_for_update(no_key=True).get(pk=person.pk)
    known = QuizTry.objects.filter(submission=submission, person=person).first()
    if known is not None:
        return known
    if quiz.article.quizzes.filter(number__gt=quiz.number).exists():
        raise Refused(_("The test was changed meanwhile: take the new one."))
    before = list(quiz.results.filter(person=person))
    if any(one.passed for one in before):
        raise Refused(_("You have passed this test already."))
    if len(before) >= quiz.tries:
        raise Refused(_("No tries are left: speak with your head."))
    questions = quizzes.questions_of(quiz)
    right = quizzes.right_of(questions, given)
    return QuizTry.objects.create(
        quiz=quiz,
        person=person,
        number=len(before) + 1,
        given=[sorted(chosen) for chosen in given],
        right=right,
        asked=len(questions),
        passed=right * 100 >= quiz.pass_mark * len(questions),
        at=now,
        submission=submission,
    )


# --- what the program brings along ------------------------------------------------------------------------------------


@transaction.atomic
def load_content(now: datetime) -> int:
    """Add the articles whose code is missing; return how many. What people edited stays."""
    known = set(Article.objects.values_list("code", flat=True))
    rows = [row for file in sorted(CONTENT.glob("*.yaml")) for row in yaml.safe_load(file.read_text(encoding="utf-8"))]
    missing = [row for row in rows if row["code"] not in known]
    names = ("code", "section", "place", "must_read", "roles", "explains", "rests_on")
    articles = Article.objects.bulk_create(
        Article(**{name: row[name] for name in names if name in row}) for row in missing
    )
    ArticleVersion.objects.bulk_create(
        ArticleVersion(
            article=article,
            number=1,
            state=State.IN_FORCE,
            written_at=now,
            published_at=now,
            asks_again=True,
            **{name: row[name] for name in ("title", "title_en", "text", "text_en")},
        )
        for article, row in zip(articles, missing, strict=True)
    )
    Quiz.objects.bulk_create(
        Quiz(article=article, number=1, text=row["quiz"], text_en=row["quiz_en"], at=now)
        for article, row in zip(articles, missing, strict=True)
        if "quiz" in row
    )
    return len(missing)

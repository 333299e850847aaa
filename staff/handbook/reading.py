"""What holds, whom it concerns, who has read it, and what is found in the book."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.contrib.postgres.search import SearchHeadline, SearchQuery, SearchRank, SearchVector
from django.db.models import Exists, F, Func, Max, OuterRef, Prefetch, Q, QuerySet, Subquery, TextField, Value
from django.db.models.functions import Concat
from django.utils.timezone import localtime

from salescrm.base import names
from staff.access import Act, Role, Rows, may, rows
from staff.handbook.models import Acknowledgement, Article, ArticleVersion, QuizTry, State
from staff.models import Branch, Employee, Position

WORDS = "russian"  # of Postgres: Russian words by their stems, Latin ones by the English stemmer
MARK, END = "\x02", "\x03"  # around the words found in a snippet


def in_force() -> QuerySet[ArticleVersion]:
    """Return the version in force of each article that is not withdrawn, in the order of the book."""
    newest = (
        ArticleVersion.objects.filter(article=OuterRef("article"), state=State.IN_FORCE)
        .order_by("-number")
        .values("number")[:1]
    )
    return (
        ArticleVersion.objects.filter(number=Subquery(newest), state=State.IN_FORCE, article__withdrawn_at__isnull=True)
        .select_related("article", "published_by")
        .order_by("article__section", "article__place", "pk")
    )


def found(words: str) -> QuerySet[Any]:
    """Narrow the versions in force to those that have these words in any form, in either language, the likest first.

    As people type, beginnings of titles and the other keyboard layout count too; each has `snippet`, with the words
    between MARK and END.
    """
    typed = words.replace("ё", "е").replace("Ё", "Е").strip()
    if not typed:
        return in_force()
    meant = [one for one in dict.fromkeys((typed, names.other_layout(typed))) if one.strip()]
    query = _query(meant[0])
    for one in meant[1:]:
        query = query | _query(one)
    title, text = _plain("title", "title_en"), _plain("text", "text_en")
    vector = SearchVector(title, weight="A", config=WORDS) + SearchVector(text, weight="B", config=WORDS)
    begins = Q(pk__in=[])
    for one in filter(_has_letters, meant):
        begins |= Q(title_plain__icontains=one)
    return (
        in_force()
        .annotate(vector=vector, title_plain=title, rank=SearchRank(vector, query))
        .filter(Q(vector=query) | begins)
        .annotate(
            snippet=SearchHeadline(
                text, query, config=WORDS, start_sel=MARK, stop_sel=END, max_words=24, min_words=8, max_fragments=1
            )
        )
        .order_by("-rank", "article__section", "article__place", "pk")
    )


def _has_letters(words: str) -> bool:
    return any(letter.isalnum() for letter in words)


def _query(words: str) -> SearchQuery:
    return SearchQuery(words, search_type="websearch", config=WORDS)


def _plain(*fields: str) -> Func:
    """Join fields into one text in which ё is е, as people type it."""
    parts: list[F | Value] = [part for name in fields for part in (F(name), Value(" "))]
    return Func(
        Concat(*parts, output_field=TextField()),
        Value("ёЁ"),
        Value("еЕ"),
        function="translate",
        output_field=TextField(),
    )


def marked(snippet: str) -> list[tuple[bool, str]]:
    """Return a snippet in pieces: is it a word found, and its text."""
    pieces = []
    for part in snippet.split(MARK):
        hit, end, rest = part.partition(END)
        pieces += [(True, hit), (False, rest)] if end else [(False, part)]
    return [piece for piece in pieces if piece[1]]


# --- whom it concerns -------------------------------------------------------------------------------------------------


def asking() -> QuerySet[Any]:
    """Return the articles that have to be read, with the version asked for (`asked`) and since when (`asked_at`)."""
    asked = ArticleVersion.objects.filter(article=OuterRef("pk"), asks_again=True, state=State.IN_FORCE).order_by(
        "-number"
    )
    return (
        Article.objects.filter(must_read=True, withdrawn_at__isnull=True)
        .annotate(asked=Subquery(asked.values("number")[:1]), asked_at=Subquery(asked.values("published_at")[:1]))
        .filter(asked__isnull=False)
    )


def unread_by(person: Employee) -> QuerySet[Any]:
    """Return the articles `person` has to read: none acknowledged since the last version that asks for it."""
    read = Acknowledgement.objects.filter(
        person=person, version__article=OuterRef("pk"), version__number__gte=OuterRef("asked")
    )
    positions, branches = Article.positions.through.objects, Article.branches.through.objects
    here = OuterRef("pk")
    no_position = ~Exists(positions.filter(article=here))
    own_position = Exists(positions.filter(article=here, position=person.position_id))
    return asking().filter(
        ~Exists(read),
        Q(roles__contains=[person.role]) | Q(own_position) | (Q(roles=[]) & Q(no_position)),
        Q(~Exists(branches.filter(article=here))) | Q(Exists(branches.filter(article=here, branch=person.branch_id))),
    )


def due_on(asked_at: datetime, term_days: int, joined: datetime) -> date:
    """Return the last day to read what was asked for at a moment: of a newcomer from the day of joining."""
    return localtime(max(asked_at, joined)).date() + timedelta(days=term_days)


@dataclass
class Reader:
    """A person an article concerns: when read, until when, and how the test went (`best` is a share in percent)."""

    person: Employee
    due: date
    read_at: datetime | None = None
    tries: int = 0
    best: int | None = None
    passed: bool = False

    def is_late(self, today: date) -> bool:
        """Say whether the term is over and the article unread."""
        return self.read_at is None and self.due < today


@dataclass
class Read:
    """An article that has to be read and the people it concerns."""

    article: Article
    version: ArticleVersion
    readers: list[Reader] = field(default_factory=list)

    @property
    def done(self) -> int:
        """How many have read it."""
        return sum(one.read_at is not None for one in self.readers)

    def late(self, today: date) -> int:
        """How many are over their term."""
        return sum(one.is_late(today) for one in self.readers)


def concerns(article: Article, person: Employee) -> bool:
    """Say whether an article concerns a person; positions and branches of the article are read along."""
    positions = {one.pk for one in article.positions.all()}
    branches = {one.pk for one in article.branches.all()}
    everybody = not article.roles and not positions
    return (everybody or person.role in article.roles or person.position_id in positions) and (
        not branches or person.branch_id in branches
    )


def people_of(head: Employee) -> QuerySet[Employee]:
    """Return the people with a log-in whose reading `head` checks."""
    people = Employee.people.working().exclude(role=Role.NONE)
    if not may(head, Act.CHECK_READING):
        return people.filter(pk=head.pk)
    return people.filter(branch=head.branch_id) if rows(head) == Rows.BRANCH else people


def concerned(article: Article) -> list[Employee]:
    """Return everybody an article concerns."""
    people = Employee.people.working().exclude(role=Role.NONE)
    return [one for one in people if concerns(article, one)]


def overview(head: Employee, articles: Iterable[int] | None = None) -> list[Read]:
    """Return the articles to be read with the people of `head` they concern; a fixed number of questions."""
    asked = asking().prefetch_related(
        Prefetch("positions", Position.objects.only("pk")), Prefetch("branches", Branch.objects.only("pk"))
    )
    if articles is not None:
        asked = asked.filter(pk__in=list(articles))
    versions = {one.article_id: one for one in in_force().filter(article__in=[one.pk for one in asked])}
    people = list(people_of(head).select_related("branch", "position").order_by("last_name", "first_name", "pk"))
    read = _read(list(asked))
    tries = _tries(list(asked))
    found = []
    for article in asked:
        readers = [
            Reader(
                one,
                due_on(article.asked_at, article.term_days, one.date_joined),
                read.get((article.pk, one.pk)),
                **tries.get((article.pk, one.pk), {}),
            )
            for one in people
            if concerns(article, one)
        ]
        readers.sort(key=lambda one: (one.read_at is not None, one.due))
        found.append(Read(article, versions[article.pk], readers))
    return sorted(found, key=lambda one: (one.article.section, one.article.place, one.article.pk))


def _read(articles: Sequence[Any]) -> dict[tuple[int, int], datetime]:
    asked = {one.pk: one.asked for one in articles}
    given = Acknowledgement.objects.filter(version__article__in=list(asked)).order_by("at")
    read: dict[tuple[int, int], datetime] = {}
    for article, number, person, at in given.values_list("version__article", "version__number", "person", "at"):
        if number >= asked[article]:
            read.setdefault((article, person), at)
    return read


def _tries(articles: Sequence[Any]) -> dict[tuple[int, int], dict[str, Any]]:
    """Read how the newest test of each article went: tries, the best share, whether it was passed."""
    ids = [one.pk for one in articles]
    newest = dict(
        Article.objects.filter(pk__in=ids, quizzes__isnull=False)
        .annotate(last=Max("quizzes__number"))
        .values_list("pk", "last")
    )
    found: dict[tuple[int, int], dict[str, Any]] = {}
    given = QuizTry.objects.filter(quiz__article__in=ids).values_list(
        "quiz__article", "quiz__number", "person", "right", "asked", "passed"
    )
    for article, number, person, right, asked, passed in given:
        if number != newest[article]:
            continue
        one = found.setdefault((article, person), {"tries": 0, "best": 0, "passed": False})
        one["tries"] += 1
        one["best"] = max(one["best"], right * 100 // asked)
        one["passed"] = bool(one["passed"] or passed)
    return found

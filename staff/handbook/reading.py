"""What holds, and who has read it."""

from __future__ import annotations

from django.db.models import Exists, F, Max, OuterRef, Q, QuerySet, Subquery

from staff.access import Role, Rows, rows
from staff.handbook.models import Acknowledgement, Article, ArticleVersion
from staff.models import Employee


def in_force() -> QuerySet[ArticleVersion]:
    """Return the version in force of each article, in the order of the book."""
    newest = ArticleVersion.objects.filter(article=OuterRef("article")).order_by("-number").values("number")[:1]
    return (
        ArticleVersion.objects.filter(number=Subquery(newest))
        .select_related("article", "published_by")
        .order_by("article__section", "article__place", "pk")
    )


def found(words: str) -> QuerySet[ArticleVersion]:
    """Narrow the versions in force to those that have every word in title or text, in either language."""
    versions = in_force()
    for word in words.split()[:10]:
        names = ("title", "title_en", "text", "text_en")
        said = Q()
        for name in names:
            said |= Q(**{f"{name}__icontains": word})
        versions = versions.filter(said)
    return versions


def unread_by(person: Employee) -> QuerySet[Article]:
    """Return the articles `person` has to read: none acknowledged since the last version that asks for it."""
    asked = ArticleVersion.objects.filter(article=OuterRef("pk"), asks_again=True).order_by("-number")
    asking = Article.objects.filter(must_read=True).annotate(asked=Subquery(asked.values("number")[:1]))
    read = Acknowledgement.objects.filter(
        person=person, version__article=OuterRef("pk"), version__number__gte=OuterRef("asked")
    )
    return asking.filter(~Exists(read), asked__isnull=False)


def readers(article: Article, head: Employee) -> QuerySet[Employee]:
    """Return the people `head` sees who are to read `article`, with `read_at` (empty: not yet)."""
    asked = article.versions.filter(asks_again=True).aggregate(Max("number"))["number__max"] or 1
    read = Acknowledgement.objects.filter(
        person=OuterRef("pk"), version__article=article, version__number__gte=asked
    ).order_by("-at")
    people = Employee.people.working().exclude(role=Role.NONE)
    if rows(head) == Rows.BRANCH:
        people = people.filter(branch=head.branch_id)
    return (
        people.annotate(read_at=Subquery(read.values("at")[:1]))
        .select_related("branch")
        .order_by(F("read_at").asc(nulls_first=True), "last_name", "first_name")
    )

"""What people do with articles, and the articles the program brings along."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import yaml
from django.db import transaction
from django.db.models import Max

from staff.access import Act, may
from staff.handbook.models import Acknowledgement, Article, ArticleVersion, Section
from staff.models import Employee

CONTENT = Path(__file__).parent / "content"


def may_edit(person: Employee, section: str) -> bool:
    """Say whether `person` keeps the articles of a section."""
    also = {
        Section.JOB: Act.EDIT_JOB_DESCRIPTIONS,
        Section.KNOWLEDGE: Act.EDIT_KNOWLEDGE,
        Section.TYPOLOGY: Act.EDIT_KNOWLEDGE,
    }
    return may(person, Act.EDIT_HANDBOOK) or (section in also and may(person, also[Section(section)]))


@transaction.atomic
def publish(version: ArticleVersion, seen: int, by: Employee, now: datetime) -> bool:
    """Keep `version` as the next one; False when somebody published since version `seen`."""
    Article.objects.select_for_update().get(pk=version.article_id)
    newest = version.article.versions.aggregate(Max("number"))["number__max"] or 0
    if newest != seen:
        return False
    version.number, version.published_by, version.published_at = newest + 1, by, now
    version.save(force_insert=True)
    return True


def acknowledge(version: ArticleVersion, person: Employee, now: datetime) -> None:
    """Keep that `person` has read and understood a version; a second time changes nothing."""
    Acknowledgement.objects.bulk_create(
        [Acknowledgement(version=version, person=person, at=now)], ignore_conflicts=True
    )


@transaction.atomic
def load_content(now: datetime) -> int:
    """Add the articles whose code is missing; return how many. What people edited stays."""
    known = set(Article.objects.values_list("code", flat=True))
    rows = yaml.safe_load((CONTENT / "articles.yaml").read_text(encoding="utf-8"))
    missing = [row for row in rows if row["code"] not in known]
    articles = Article.objects.bulk_create(
        Article(code=row["code"], section=row["section"], place=row["place"], must_read=row.get("must_read", False))
        for row in missing
    )
    ArticleVersion.objects.bulk_create(
        ArticleVersion(
            article=article,
            number=1,
            published_at=now,
            asks_again=True,
            **{name: row[name] for name in ("title", "title_en", "text", "text_en")},
        )
        for article, row in zip(articles, missing, strict=True)
    )
    return len(missing)

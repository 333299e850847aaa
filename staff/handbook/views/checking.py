"""For heads: who has read what and passed which test, as a page and as a file."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from salescrm.base import clock, guard, show
from salescrm.base.lists import export
from staff.access import Act, login_of, require
from staff.handbook import reading
from staff.handbook.models import Article, Section
from staff.models import Employee

if TYPE_CHECKING:
    from django.http.response import HttpResponseBase


@require_GET
def everything(request: HttpRequest) -> HttpResponse:
    """All articles that have to be read: how many have, how many are late."""
    acting = login_of(request)
    require(acting, Act.CHECK_READING)
    today = clock.today()
    found = reading.overview(acting)
    context = {
        "page_title": _("Who has read the book"),
        "lines": [(one, Section(one.article.section).label, one.late(today)) for one in found],
    }
    return render(request, "handbook/overview.html", context)


@require_GET
def readers(request: HttpRequest, code: str) -> HttpResponse:
    """Who of the head's people has read an article and passed its test, and who has not."""
    acting = login_of(request)
    require(acting, Act.CHECK_READING)
    current = get_object_or_404(reading.in_force(), article__code=code, article__must_read=True)
    today = clock.today()
    people = [one for read in reading.overview(acting, [current.article_id]) for one in read.readers]
    context = {
        "page_title": _("Who has read: %(name)s") % {"name": current.shown_title},
        "current": current,
        "people": [(one, one.is_late(today)) for one in people],
        "has_quiz": current.article.quizzes.exists(),
    }
    return render(request, "handbook/readers.html", context)


@require_GET
def file(request: HttpRequest, form: str) -> HttpResponseBase:
    """Write who has read what into a file, of one article (`article`) or of all."""
    acting = login_of(request)
    require(acting, Act.CHECK_READING)
    code = request.GET.get("article", "")[:40]
    articles = [get_object_or_404(Article, code=code).pk] if code else None
    today = clock.today()
    heads = [_("Article"), _("Version"), _("Who"), _("Position"), _("Branch"), _("Read by"), _("Read and understood"),
             _("Late"), _("Best result, %"), _("Tries"), _("Test passed")]  # fmt: skip
    rows: list[Sequence[export.Cell]] = []
    for read in reading.overview(acting, articles):
        for one in read.readers:
            person = one.person
            done = show.moment(one.read_at) if one.read_at else ""
            late, passed = _("yes") if one.is_late(today) else "", _("yes") if one.passed else ""
            rows.append(
                (read.version.shown_title, read.version.number, person.short_name, str(person.position or ""),
                 str(person.branch), one.due, done, late, one.best, one.tries, passed)
            )  # fmt: skip
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"handbook.{form}"
        export.write_table(path, form, heads, rows)
        answer = FileResponse(path.open("rb"), as_attachment=True, filename=f"handbook-{today.isoformat()}.{form}")
    answer.headers["Content-Type"] = export.FORMATS[form]
    guard.exported(
        acting,
        screen="handbook",
        rows=len(rows),
        heads=lambda: Employee.people.guarding().values_list("pk", flat=True),
        form=form,
    )
    return answer

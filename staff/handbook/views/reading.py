"""The book, an article, what changed between versions, acknowledgement and tests."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from salescrm.base import clock
from salescrm.base.toasts import toast
from staff.access import Act, login_of, may
from staff.handbook import actions, quizzes, reading
from staff.handbook.forms import TryForm
from staff.handbook.models import Article, ArticleVersion, Quiz, Section, State
from staff.handbook.rendering import compare
from staff.handbook.rendering import render as as_html
from staff.models import Employee


def keeps(person: Employee, article: Article) -> bool:
    """Say whether a person sees drafts of an article and the article when it is withdrawn."""
    return actions.may_edit(person, article.section) or may(person, Act.APPROVE_HANDBOOK)


def number_in(request: HttpRequest, name: str, otherwise: int) -> int:
    """Return a number the address names; anything else counts as not said."""
    asked = request.GET.get(name, "")
    return int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 9 else otherwise


@require_GET
def book(request: HttpRequest) -> HttpResponse:
    """The book by section; with `q` the articles that have these words, in any form."""
    acting = login_of(request)
    words = request.GET.get("q", "").replace("\0", "")[:200].strip()
    unread = set(reading.unread_by(acting).values_list("pk", flat=True))
    found = list(reading.found(words))
    sections: dict[str, list[ArticleVersion]] = {value: [] for value in Section.values}
    for version in found:
        sections[version.article.section].append(version)
    may_approve = may(acting, Act.APPROVE_HANDBOOK)
    drafts, withdrawn, review = [], [], []
    if not words and (may_approve or any(actions.may_edit(acting, one) for one in Section.values)):
        work = ArticleVersion.objects.exclude(state=State.IN_FORCE).select_related("article", "author")
        drafts = [one for one in work.order_by("-written_at") if keeps(acting, one.article)]
        review = [one for one in found if one.article.to_review_since and keeps(acting, one.article)]
        gone = Article.objects.filter(withdrawn_at__isnull=False).select_related("withdrawn_by")
        withdrawn = [one for one in gone.order_by("-withdrawn_at") if keeps(acting, one)]
    context = {
        "page_title": _("Sales book"),
        "hits": [(one, reading.marked(one.snippet)) for one in found] if words else [],
        "sections": [] if words else [(Section(value).label, some) for value, some in sections.items() if some],
        "unread": unread,
        "words": words,
        "drafts": drafts,
        "review": review,
        "withdrawn": withdrawn,
        "may_write": any(actions.may_edit(acting, one) for one in Section.values),
        "may_check": may(acting, Act.CHECK_READING),
    }
    return render(request, "handbook/book.html", context)


@require_GET
def article(request: HttpRequest, code: str) -> HttpResponse:
    """An article as it holds, or another version of it (`version`); drafts for those who keep the section."""
    acting = login_of(request)
    found = get_object_or_404(Article.objects.select_related("owner", "withdrawn_by"), code=code)
    keeper = keeps(acting, found)
    versions = list(found.versions.select_related("published_by", "author").order_by("-number"))
    current = next((one for one in versions if one.state == State.IN_FORCE), None)
    draft = next((one for one in versions if one.state != State.IN_FORCE), None) if keeper else None
    if not keeper:
        versions = [one for one in versions if one.state == State.IN_FORCE]
    start = current or draft
    if start is None or (found.withdrawn_at and not keeper):
        raise Http404
    number = number_in(request, "version", start.number)
    shown = next((one for one in versions if one.number == number), None)
    if shown is None:
        raise Http404
    text, contents = as_html(shown.shown_text)
    quiz = newest_quiz(found) if current else None
    context = {
        "page_title": shown.shown_title,
        "article": found,
        "version": shown,
        "current": current,
        "draft": draft,
        "versions": versions,
        "text": text,
        "contents": contents,
        "to_read": shown == current and reading.unread_by(acting).filter(pk=found.pk).exists(),
        "quiz": quiz,
        "quiz_count": len(quizzes.questions_of(quiz)) if quiz else 0,
        "own_tries": list(quiz.results.filter(person=acting).order_by("number")) if quiz else [],
        "may_edit": actions.may_edit(acting, found.section),
        "may_arrange": may(acting, Act.EDIT_HANDBOOK),
        "may_approve": may(acting, Act.APPROVE_HANDBOOK),
        "may_check": may(acting, Act.CHECK_READING) and (found.must_read or quiz is not None),
        "keeper": keeper,
        "draft_mark": actions.mark(draft) if draft else "",
    }
    return render(request, "handbook/article.html", context)


def newest_quiz(found: Article) -> Quiz | None:
    """Return the test of an article that holds."""
    return found.quizzes.order_by("-number").first()


@require_GET
def changes(request: HttpRequest, code: str) -> HttpResponse:
    """What changed from version `from` to version `to`, word by word; without them by the newest version."""
    acting = login_of(request)
    found = get_object_or_404(Article, code=code)
    keeper = keeps(acting, found)
    if found.withdrawn_at and not keeper:
        raise Http404
    all_versions = found.versions.select_related("published_by", "author").order_by("-number")
    versions = {one.number: one for one in all_versions if keeper or one.state == State.IN_FORCE}
    to = number_in(request, "to", max(versions, default=0))
    before = number_in(request, "from", to - 1)
    if to not in versions or before not in versions:
        raise Http404
    old, new = versions[before], versions[to]
    context = {
        "page_title": _("What changed: %(name)s") % {"name": new.shown_title},
        "article": found,
        "old": old,
        "new": new,
        "title": compare(old.shown_title, new.shown_title),
        "pieces": compare(old.shown_text, new.shown_text),
    }
    return render(request, "handbook/changes.html", context)


@require_POST
def acknowledge(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """Say that the version was read and understood."""
    acting = login_of(request)
    versions = ArticleVersion.objects.filter(state=State.IN_FORCE, article__withdrawn_at__isnull=True)
    version = get_object_or_404(versions, article__code=code, number=number)
    actions.acknowledge(version, acting, clock.now())
    toast(request, _("Read and understood: %(name)s") % {"name": version.shown_title})
    return redirect("handbook:article", code=code)


@require_http_methods(["GET", "POST"])
def quiz(request: HttpRequest, code: str) -> HttpResponse:
    """Take the test of an article; afterwards which questions were answered right."""
    acting = login_of(request)
    current = get_object_or_404(reading.in_force(), article__code=code)
    held = newest_quiz(current.article)
    if held is None:
        raise Http404
    questions = quizzes.questions_of(held)
    form = TryForm(request.POST or None, questions=questions, initial={"number": held.number})
    context: dict[str, Any] = {
        "page_title": _("Test: %(name)s") % {"name": current.shown_title},
        "current": current,
        "quiz": held,
        "form": form,
        "submit_label": _("Answer"),
    }
    if request.method == "POST" and form.is_valid():
        asked = get_object_or_404(current.article.quizzes, number=form.cleaned_data["number"])
        try:
            done = actions.take_quiz(
                quiz=asked,
                given=form.given() if asked == held else [],
                submission=form.cleaned_data["submission"],
                person=acting,
                now=clock.now(),
            )
        except actions.Refused as refused:
            form.add_error(None, str(refused))
        else:
            context |= {"done": done, "answers": _answers(questions, done.given)}
            return render(request, "handbook/quiz_done.html", context | _left(held, acting))
    return render(request, "handbook/quiz.html", context | _left(held, acting), status=422 if form.errors else 200)


def _left(held: Quiz, person: Employee) -> dict[str, Any]:
    tries = list(held.results.filter(person=person))
    return {"left": max(held.tries - len(tries), 0), "passed": any(one.passed for one in tries)}


def _answers(questions: list[quizzes.Question], given: list[list[int]]) -> list[tuple[str, bool]]:
    return [(one.words, set(chosen) == one.right) for one, chosen in zip(questions, given, strict=True)]

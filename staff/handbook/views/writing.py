"""Drafts, approval, whom an article concerns, its test, withdrawal."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from salescrm.base import clock
from salescrm.base.toasts import toast
from staff.access import Act, login_of, require
from staff.handbook import actions
from staff.handbook.forms import ArrangeForm, NewForm, QuizForm, VersionForm, WhyForm
from staff.handbook.models import Article, ArticleVersion, Section, State
from staff.handbook.rendering import render as as_html
from staff.handbook.views.reading import newest_quiz
from staff.models import Employee


def _edited(request: HttpRequest, code: str) -> tuple[Employee, Article]:
    acting = login_of(request)
    found = get_object_or_404(Article, code=code)
    if not actions.may_edit(acting, found.section):
        raise PermissionDenied
    return acting, found


def _shown(code: str) -> HttpResponse:
    return redirect("handbook:article", code=code)


@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Begin an article."""
    acting = login_of(request)
    sections = [one for one in Section.values if actions.may_edit(acting, one)]
    if not sections:
        raise PermissionDenied
    form = NewForm(request.POST or None, sections=sections)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            with transaction.atomic():
                made = actions.create(
                    code=said["code"], section=said["section"], words=said, acting_user=acting, now=clock.now()
                )
        except IntegrityError:
            form.add_error("code", _("There is an article with this code already."))
        else:
            toast(request, _("Draft kept: %(name)s") % {"name": made.shown_title})
            return redirect(f"{_shown(said['code'])['Location']}?version={made.number}")
    context = {"page_title": _("New article"), "form": form, "submit_label": _("Keep the draft")}
    return render(request, "handbook/edit.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, code: str) -> HttpResponse:
    """Write the draft of the next version."""
    acting, found = _edited(request, code)
    start = actions.in_work(found) or found.versions.order_by("-number").first()
    assert start is not None  # noqa: S101 - an article is made with its first draft
    names = VersionForm.Meta.fields if start.state != State.IN_FORCE else VersionForm.Meta.fields[:4]
    initial = {name: getattr(start, name) for name in names} | {"seen": actions.mark(start)}
    form = VersionForm(request.POST or None, instance=ArticleVersion(article=found), initial=initial)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            draft = actions.write(article=found, seen=said["seen"], words=said, acting_user=acting, now=clock.now())
        except actions.Refused as refused:
            form.add_error(None, str(refused))
        else:
            toast(request, _("Draft kept: %(name)s") % {"name": draft.shown_title})
            return redirect(f"{_shown(code)['Location']}?version={draft.number}")
    context = {"page_title": _("Edit: %(name)s") % {"name": start.shown_title}, "form": form, "article": found}
    context["submit_label"] = _("Keep the draft")
    return render(request, "handbook/edit.html", context, status=422 if form.errors else 200)


@require_POST
def preview(request: HttpRequest) -> HttpResponse:
    """Show what is being written as it will look; nothing is kept."""
    login_of(request)
    text, _contents = as_html(request.POST.get(request.GET.get("field", "text"), "")[:60_000])
    return render(request, "handbook/preview.html", {"text": text})


@require_POST
def submit(request: HttpRequest, code: str) -> HttpResponse:
    """Send the draft for approval."""
    acting, found = _edited(request, code)
    return _done(
        request, code, _("Sent for approval"),
        lambda: actions.submit(article=found, seen=request.POST.get("seen", ""), acting_user=acting),
    )  # fmt: skip


@require_POST
def approve(request: HttpRequest, code: str) -> HttpResponse:
    """Put the draft in force."""
    acting = login_of(request)
    require(acting, Act.APPROVE_HANDBOOK)
    found = get_object_or_404(Article, code=code)
    seen = request.POST.get("seen", "")
    return _done(
        request, code, _("The version is in force"),
        lambda: actions.approve(article=found, seen=seen, acting_user=acting, now=clock.now()),
    )  # fmt: skip


@require_POST
def bring_back(request: HttpRequest, code: str) -> HttpResponse:
    """Put a withdrawn article into the book again."""
    require(login_of(request), Act.APPROVE_HANDBOOK)
    found = get_object_or_404(Article, code=code)
    seen = request.POST.get("seen", "")
    number = int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 9 else 0
    return _done(request, code, _("In the book again"), lambda: actions.bring_back(article=found, seen=number))


def _done(request: HttpRequest, code: str, words: str, act: Any) -> HttpResponse:
    try:
        act()
    except actions.Refused as refused:
        toast(request, str(refused), level="bad")
    else:
        toast(request, words)
    return _shown(code)


@require_http_methods(["GET", "POST"])
def give_back(request: HttpRequest, code: str) -> HttpResponse:
    """Return what waits for approval with the reason."""
    acting = login_of(request)
    require(acting, Act.APPROVE_HANDBOOK)
    found = get_object_or_404(Article, code=code)
    draft = actions.in_work(found)
    return _why(
        request, found, _("Return to the author"), actions.mark(draft) if draft else "",
        lambda why, seen: actions.give_back(article=found, seen=seen, why=why, acting_user=acting),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def withdraw(request: HttpRequest, code: str) -> HttpResponse:
    """Take an article out of the book."""
    acting = login_of(request)
    require(acting, Act.APPROVE_HANDBOOK)
    found = get_object_or_404(Article, code=code)
    return _why(
        request, found, _("Withdraw the article"), str(found.seen),
        lambda why, seen: actions.withdraw(
            article=found,
            seen=int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 9 else 0,
            why=why,
            acting_user=acting,
            now=clock.now(),
        ),
    )  # fmt: skip


def _why(request: HttpRequest, found: Article, title: str, seen: str, act: Any) -> HttpResponse:
    form = WhyForm(request.POST or None, initial={"seen": seen})
    if request.method == "POST" and form.is_valid():
        try:
            act(form.cleaned_data["why"], form.cleaned_data["seen"])
        except actions.Refused as refused:
            form.add_error(None, str(refused))
        else:
            toast(request, _("Done: %(name)s") % {"name": title})
            return _shown(found.code)
    context = {"page_title": title, "form": form, "submit_label": title}
    return render(request, "dialog.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def arrange(request: HttpRequest, code: str) -> HttpResponse:
    """Say whom the article concerns, until when it is read and what leads to it."""
    require(login_of(request), Act.EDIT_HANDBOOK)
    found = get_object_or_404(Article, code=code)
    form = ArrangeForm(request.POST or None, instance=found, initial={"seen": found.seen})
    if request.method == "POST" and form.is_valid():
        said = dict(form.cleaned_data)
        seen, positions, branches = said.pop("seen"), said.pop("positions"), said.pop("branches")
        try:
            actions.arrange(article=found, seen=seen, fields=said, positions=positions, branches=branches)
        except actions.Refused as refused:
            form.add_error(None, str(refused))
        else:
            toast(request, _("Kept"))
            return _shown(code)
    context = {"page_title": _("Whom it concerns"), "form": form, "submit_label": _("Keep")}
    return render(request, "frame/form_page.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def quiz_edit(request: HttpRequest, code: str) -> HttpResponse:
    """Write the next test of an article."""
    acting, found = _edited(request, code)
    newest = newest_quiz(found)
    names = QuizForm.Meta.fields
    initial = {name: getattr(newest, name) for name in names} if newest else {}
    form = QuizForm(request.POST or None, initial=initial | {"seen": newest.number if newest else 0})
    if request.method == "POST" and form.is_valid():
        fields = {name: form.cleaned_data[name] for name in names}
        try:
            actions.write_quiz(
                article=found, seen=form.cleaned_data["seen"], fields=fields, acting_user=acting, now=clock.now()
            )
        except actions.Refused as refused:
            form.add_error(None, str(refused))
        else:
            toast(request, _("The test is kept"))
            return _shown(code)
    context = {"page_title": _("Test of the article"), "form": form, "submit_label": _("Keep the test")}
    return render(request, "frame/form_page.html", context, status=422 if form.errors else 200)

"""Screens of the sales book."""

from __future__ import annotations

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from salescrm.base import clock
from salescrm.base.toasts import toast
from staff.access import Act, login_of, may
from staff.handbook import actions, reading
from staff.handbook.models import ArticleVersion, Section
from staff.handbook.rendering import render as as_html
from staff.models import Employee

HEADS = (Act.CHANGE_OWNER, Act.CHANGE_STAFF, Act.SEE_COMPANY_FIGURES)


class VersionForm(forms.ModelForm[ArticleVersion]):
    """The next version; `seen` is the number of the one it was made from."""

    seen = forms.IntegerField(widget=forms.HiddenInput)

    class Meta:
        model = ArticleVersion
        fields = ["title", "text", "title_en", "text_en", "asks_again"]
        widgets = {"text": forms.Textarea(attrs={"rows": 16}), "text_en": forms.Textarea(attrs={"rows": 16})}


@require_GET
def book(request: HttpRequest) -> HttpResponse:
    """The book by section; with `q` the articles that have these words."""
    acting = login_of(request)
    words = request.GET.get("q", "").replace("\0", "")[:200].strip()
    unread = set(reading.unread_by(acting).values_list("pk", flat=True))
    sections: dict[str, list[ArticleVersion]] = {value: [] for value in Section.values}
    for version in reading.found(words):
        sections[version.article.section].append(version)
    context = {
        "page_title": _("Sales book"),
        "sections": [(Section(value).label, versions) for value, versions in sections.items() if versions],
        "unread": unread,
        "words": words,
    }
    return render(request, "handbook/book.html", context)


@require_GET
def article(request: HttpRequest, code: str) -> HttpResponse:
    """An article as it holds, or an older version of it (`version`)."""
    acting = login_of(request)
    current = get_object_or_404(reading.in_force(), article__code=code)
    asked = request.GET.get("version", "")
    number = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 9 else current.number
    versions = current.article.versions.select_related("published_by").order_by("-number")
    shown = get_object_or_404(versions, number=number)
    text, contents = as_html(shown.shown_text)
    context = {
        "page_title": shown.shown_title,
        "version": shown,
        "current": current,
        "versions": versions,
        "text": text,
        "contents": contents,
        "to_read": shown == current and reading.unread_by(acting).filter(pk=current.article_id).exists(),
        "may_edit": actions.may_edit(acting, current.article.section),
        "may_see_readers": current.article.must_read and _is_head(acting),
    }
    return render(request, "handbook/article.html", context)


@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, code: str) -> HttpResponse:
    """Publish the next version of an article."""
    acting = login_of(request)
    current = get_object_or_404(reading.in_force(), article__code=code)
    if not actions.may_edit(acting, current.article.section):
        raise PermissionDenied
    names = VersionForm.Meta.fields[:-1]
    start = {name: getattr(current, name) for name in names} | {"seen": current.number}
    new = ArticleVersion(article=current.article)
    form = VersionForm(request.POST or None, instance=new, initial=start)
    if request.method == "POST" and form.is_valid():
        if actions.publish(new, form.cleaned_data["seen"], acting, clock.now()):
            toast(request, _("Published: %(name)s") % {"name": new.shown_title})
            return redirect("handbook:article", code=code)
        form.add_error(None, _("Somebody published another version meanwhile. Open the article again."))
    context = {"page_title": _("Edit: %(name)s") % {"name": current.shown_title}, "form": form}
    context["submit_label"] = _("Publish")
    return render(request, "frame/form_page.html", context, status=422 if form.errors else 200)


@require_POST
def acknowledge(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """Say that the version was read and understood."""
    acting = login_of(request)
    version = get_object_or_404(ArticleVersion, article__code=code, number=number)
    actions.acknowledge(version, acting, clock.now())
    toast(request, _("Read and understood: %(name)s") % {"name": version.shown_title})
    return redirect("handbook:article", code=code)


@require_GET
def readers(request: HttpRequest, code: str) -> HttpResponse:
    """For heads: who has read an article and who has not."""
    acting = login_of(request)
    if not _is_head(acting):
        raise PermissionDenied
    current = get_object_or_404(reading.in_force(), article__code=code, article__must_read=True)
    context = {
        "page_title": _("Who has read: %(name)s") % {"name": current.shown_title},
        "current": current,
        "people": reading.readers(current.article, acting),
    }
    return render(request, "handbook/readers.html", context)


def _is_head(person: Employee) -> bool:
    return any(may(person, act) for act in HEADS)

"""How leads are worked, and the public forms with the words that put them into a site."""

from __future__ import annotations

import secrets

from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from deals.leads.forms import PublicSettings, RulesForm
from deals.leads.models import LeadForm, LeadRules
from salescrm.base import clock
from salescrm.base.requests import posted
from salescrm.base.toasts import toast
from staff.access import Act, login_of, require


@require_http_methods(["GET", "POST"])
def settings(request: HttpRequest) -> HttpResponse:
    """Show the rules and the forms; saving makes a new version of the rules."""
    person = login_of(request)
    require(person, Act.SET_UP_LEADS)
    known = LeadRules.objects.in_force()
    fresh = LeadRules(**{name: getattr(known, name) for name in RulesForm.Meta.fields})
    fresh.author, fresh.created_at = person, clock.now()
    form = RulesForm(posted(request), instance=fresh, person=person)
    if request.method == "POST" and form.is_valid():
        if form.has_changed():
            form.save()
        toast(request, _("Saved: the rules hold for leads that come in from now on"))
        return redirect("leads:settings")
    forms = LeadForm.objects.select_related("source", "branch").order_by("-is_active", "title", "pk")
    context = {"page_title": _("Setting up leads"), "form": form, "forms": forms, "known": known}
    return render(request, "leads/settings.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def form_new(request: HttpRequest) -> HttpResponse:
    """Make a public form."""
    person = login_of(request)
    require(person, Act.SET_UP_LEADS)
    made = LeadForm(slug=secrets.token_urlsafe(9), created_by=person, created_at=clock.now(), branch=person.branch)
    made.thanks = _("Thank you! We will call you back on a working day.")
    made.consent = _("I agree that my data are kept and used to answer this enquiry.")
    form = PublicSettings(posted(request), instance=made)
    if request.method == "POST" and form.is_valid():
        form.save()
        toast(request, _("The form is made: put it into your site"))
        return redirect("leads:form", made.pk)
    context = {"page_title": _("New form"), "form": form, "submit_label": _("Make")}
    return render(request, "leads/form_new.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def form_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a public form; the page shows what to put into a site."""
    require(login_of(request), Act.SET_UP_LEADS)
    known = get_object_or_404(LeadForm.objects.annotate(received=Count("enquiries")), pk=pk)
    title = known.title
    form = PublicSettings(posted(request), instance=known)
    if request.method == "POST" and form.is_valid():
        form.save()
        toast(request, _("Saved"))
        return redirect("leads:form", pk)
    address = request.build_absolute_uri(reverse("leads:public-form", args=[known.slug]))
    context = {
        "page_title": title,
        "form": form,
        "known": known,
        "address": address,
        "submit_label": _("Save"),
    }
    return render(request, "leads/form.html", context, status=422 if form.errors else 200)

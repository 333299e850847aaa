"""The page of the structure, the staffing plan's form, approval."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from salescrm.base import clock
from salescrm.base.jobs import Refused
from salescrm.base.requests import posted
from salescrm.base.toasts import toast
from staff.access import Act, login_of, may, require
from staff.structure import actions, reading
from staff.structure.forms import ApproveForm, PostForm
from staff.structure.models import Post, StructureVersion


@require_GET
def structure(request: HttpRequest) -> HttpResponse:
    """Show who stands below whom, which posts are vacant and what changed since the structure was approved."""
    person = login_of(request)
    require(person, Act.SEE_STAFF)
    asked = request.GET.get("line", "")
    line = asked if asked == reading.FUNCTIONAL else reading.ADMINISTRATIVE
    everybody = reading.people()
    version = StructureVersion.objects.select_related("approved_by").first()
    posts = reading.staffed(everybody)
    context = {
        "page_title": _("Structure"),
        "nodes": reading.tree(everybody, line),
        "switch": [
            {"label": _("Administrative line"), "url": "?", "on": line == reading.ADMINISTRATIVE},
            {"label": _("Functional line"), "url": f"?line={reading.FUNCTIONAL}", "on": line == reading.FUNCTIONAL},
        ],
        "is_functional": line == reading.FUNCTIONAL,
        "posts": posts,
        "vacant": sum(one.vacant for one in posts if one.vacant > 0),
        "people": len(everybody),
        "version": version,
        "changes": reading.changed_since(version, everybody) if version else [],
        "may_change": may(person, Act.CHANGE_STAFF),
        "may_approve": may(person, Act.APPROVE_STRUCTURE),
    }
    return render(request, "staff/structure/structure.html", context)


@require_http_methods(["GET", "POST"])
def post(request: HttpRequest) -> HttpResponse:
    """Say how many people a position of a branch has."""
    person = login_of(request)
    require(person, Act.CHANGE_STAFF)
    form = PostForm(posted(request), initial=_asked(request))
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.set_units(**form.cleaned_data, acting_user=person)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            toast(request, _("Staffing plan changed: %(post)s") % {"post": made})
            return redirect("staff:structure")
    context = {"page_title": _("Staffing plan"), "form": form, "submit_label": _("Save")}
    return render(request, "dialog.html", context, status=422 if form.errors else 200)


def _asked(request: HttpRequest) -> dict[str, Any]:
    """Begin with the post of the address."""
    code = request.GET.get("post", "")
    found = Post.objects.filter(code=code).first() if code else None
    return (
        {"branch": found.branch_id, "position": found.position_id, "units": found.units, "seen": found.units}
        if found
        else {}
    )


@require_http_methods(["GET", "POST"])
def approve(request: HttpRequest) -> HttpResponse:
    """Keep the structure as it is as the approved one."""
    person = login_of(request)
    require(person, Act.APPROVE_STRUCTURE)
    last = StructureVersion.objects.first()
    form = ApproveForm(posted(request), initial={"seen": last.pk if last else 0})
    if request.method == "POST" and form.is_valid():
        try:
            actions.approve(**form.cleaned_data, acting_user=person, now=clock.now())
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            toast(request, _("The structure is approved"))
            return redirect("staff:structure")
    context = {"page_title": _("Approve the structure"), "form": form, "submit_label": _("Approve")}
    return render(request, "dialog.html", context, status=422 if form.errors else 200)

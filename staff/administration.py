"""The administrators' site itself."""

from django.contrib.admin import AdminSite
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from staff.access import Act, may


class Site(AdminSite):
    """Open to the administrator's role only; log-in is the program's own."""

    site_header = site_title = "SalesCRM"
    index_title = _("Administration")

    def has_permission(self, request: HttpRequest) -> bool:
        """Let in active people whose role may administer."""
        return request.user.is_authenticated and may(request.user, Act.ADMINISTER)

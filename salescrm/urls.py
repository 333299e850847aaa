"""All addresses: each room has its own list."""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path

from salescrm import change_log, health, home, search, timeline

urlpatterns = [
    path("", home.my_day, name="home"),
    path("healthz", health.healthz, name="healthz"),
    path("", include("salescrm.base.urls")),
    path("clients/", include("clients.urls")),
    path("clients/reconciliation/", include("deals.reconciliation.urls")),
    path("clients/<int:pk>/timeline/", timeline.client_timeline, name="client-timeline"),
    path("", include("deals.urls")),
    path("", include("deals.leads.urls")),
    path("tasks/", include("deals.tasking.urls")),
    path("calls/", include("deals.call_reviews.urls")),
    path("help-requests/", include("deals.help_requests.urls")),
    path("segmentation/panels/", include("segmentation.panel_urls")),
    path("", include("segmentation.urls")),
    path("", include("kpi.urls")),
    path("typology/", include("clients.typology.urls")),
    path("imports/", include("clients.intake_urls")),
    path("staff/", include("staff.urls")),
    path("handbook/", include("staff.handbook.urls")),
    path("changes/", change_log.page, name="change-log"),
    path("automation/", include("salescrm.automation_urls")),
    path("search/", search.page, name="search"),
    path("search/palette/", search.palette, name="search-palette"),
    path("accounts/", include("allauth.urls")),
    path("admin/", admin.site.urls),
]

if settings.SHOW_UI_PAGE:
    urlpatterns += [path("ui/", include("salescrm.ui"))]

"""Addresses of the room."""

from django.urls import path

from clients import panels
from clients.views import card, changing, listing

app_name = "clients"
urlpatterns = [
    path("", listing.client_list, name="client-list"),
    path("totals/", listing.client_totals, name="client-totals"),
    path("counts/", listing.client_counts, name="client-counts"),
    path("filters/", listing.client_filters, name="client-filters"),
    path("groups/", listing.client_groups, name="client-groups"),
    path("columns/", listing.client_columns, name="client-columns"),
    path("width/", listing.client_width, name="client-width"),
    path("cities/", listing.city_list, name="city-list"),
    path("regions/", listing.region_list, name="region-list"),
    path("export/", listing.client_export, name="client-export"),
    path("export/<int:pk>/", listing.export_job, name="export-job"),
    path("export/<int:pk>/file/", listing.export_file, name="export-file"),
    path("new/", changing.client_new, name="client-new"),
    path("new/alike/", changing.client_alike, name="client-alike"),
    path("choose/", listing.client_choose, name="client-choose"),
    path("<int:pk>/", card.client_card, name="client-card"),
    path("<int:pk>/edit/", changing.client_edit, name="client-edit"),
    path("<int:pk>/neighbours/", card.client_neighbours, name="client-neighbours"),
    path("<int:pk>/position/", card.client_position, name="client-position"),
    path("<int:pk>/shipments/", panels.shipments, name="client-shipments"),
    path("<int:pk>/shipments/<int:shipment_pk>/", panels.shipment_lines, name="shipment-lines"),
    path("<int:pk>/owners/", panels.owners, name="client-owners"),
    path("<int:pk>/history/", panels.field_history, name="client-history"),
]

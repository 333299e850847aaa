"""Addresses of the room."""

from django.urls import path

from clients import panels
from clients.typology.views import questionnaire
from clients.views import card, changing, contacts, listing, notes

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
    path("contacts/new/", contacts.contact_choose, name="contact-choose"),
    path("contacts/row/", contacts.point_row, name="point-row"),
    path("contacts/alike/", contacts.point_alike, name="point-alike"),
    path("type/", questionnaire.set_type_many, name="type-set-many"),
    path("choose/", listing.client_choose, name="client-choose"),
    path("choose/changeable/", listing.client_choose, {"changeable": True}, name="client-choose-changeable"),
    path("<int:pk>/", card.client_card, name="client-card"),
    path("<int:pk>/edit/", changing.client_edit, name="client-edit"),
    path("<int:pk>/cell/<slug:column>/", changing.client_cell, name="client-cell"),
    path("<int:pk>/neighbours/", card.client_neighbours, name="client-neighbours"),
    path("<int:pk>/position/", card.client_position, name="client-position"),
    path("<int:pk>/shipments/", panels.shipments, name="client-shipments"),
    path("<int:pk>/shipments/<int:shipment_pk>/", panels.shipment_lines, name="shipment-lines"),
    path("<int:pk>/owners/", panels.owners, name="client-owners"),
    path("<int:pk>/contacts/", contacts.contact_panel, name="client-contacts"),
    path("<int:pk>/contacts/new/", contacts.contact_new, name="contact-new"),
    path("<int:pk>/contacts/shown/", contacts.contact_reveal, name="contact-reveal"),
    path("<int:pk>/contacts/company/", contacts.company_points, name="company-points"),
    path("<int:pk>/contacts/<int:contact_pk>/", contacts.contact_edit, name="contact-edit"),
    path("<int:pk>/contacts/<int:contact_pk>/verify/", contacts.contact_verify, name="contact-verify"),
    path("<int:pk>/contacts/<int:contact_pk>/left/", contacts.contact_left, name="contact-left"),
    path("<int:pk>/contacts/<int:contact_pk>/back/", contacts.contact_back, name="contact-back"),
    path("<int:pk>/contacts/<int:contact_pk>/notes/", notes.contact_notes, name="contact-notes"),
    path("<int:pk>/points/<int:point_pk>/dead/", contacts.point_dead, name="point-dead"),
    path("<int:pk>/points/<int:point_pk>/alive/", contacts.point_alive, name="point-alive"),
    path("<int:pk>/needs/<int:note_pk>/", notes.need_state, name="need-state"),
    path("<int:pk>/arguments/<int:note_pk>/withdraw/", notes.argument_withdraw, name="argument-withdraw"),
    path("<int:pk>/objections/<int:note_pk>/answer/", notes.objection_answer, name="objection-answer"),
    path("<int:pk>/deciding/", notes.client_deciding, name="client-deciding"),
    path("<int:pk>/history/", panels.field_history, name="client-history"),
    path("<int:pk>/type/", questionnaire.set_type, name="type-set"),
    path("<int:pk>/type/panel/", questionnaire.panel, name="client-type"),
    path("<int:pk>/questionnaire/", questionnaire.page, name="questionnaire"),
    path("<int:pk>/questionnaire/<slug:kind>/<int:number>/", questionnaire.answer, name="answer"),
]

"""Addresses of leads; the public form stands apart, strangers open it."""

from django.urls import path

from deals.leads.views import entering, listing, public, reporting, settings, working

app_name = "leads"
urlpatterns = [
    path("leads/", listing.lead_list, name="lead-list"),
    path("leads/totals/", listing.lead_totals, name="lead-totals"),
    path("leads/counts/", listing.lead_counts, name="lead-counts"),
    path("leads/filters/", listing.lead_filters, name="lead-filters"),
    path("leads/groups/", listing.lead_groups, name="lead-groups"),
    path("leads/columns/", listing.lead_columns, name="lead-columns"),
    path("leads/width/", listing.lead_width, name="lead-width"),
    path("leads/export/", listing.lead_export, name="lead-export"),
    path("leads/export/<int:pk>/", listing.export_job, name="export-job"),
    path("leads/export/<int:pk>/file/", listing.export_file, name="export-file"),
    path("leads/new/", entering.lead_new, name="lead-new"),
    path("leads/quick/", entering.lead_quick, name="lead-quick"),
    path("leads/assign/", working.lead_assign, name="lead-assign"),
    path("leads/report/", reporting.report, name="report"),
    path("leads/settings/", settings.settings, name="settings"),
    path("leads/forms/new/", settings.form_new, name="form-new"),
    path("leads/forms/<int:pk>/", settings.form_edit, name="form"),
    path("leads/<int:pk>/", working.lead_card, name="lead-card"),
    path("leads/<int:pk>/take/", working.lead_take, name="lead-take"),
    path("leads/<int:pk>/log/", working.lead_log, name="lead-log"),
    path("leads/<int:pk>/facts/", working.lead_facts, name="lead-facts"),
    path("leads/<int:pk>/qualify/", working.lead_qualify, name="lead-qualify"),
    path("leads/<int:pk>/offer/", working.lead_offer, name="lead-offer"),
    path("leads/<int:pk>/convert/", working.lead_convert, name="lead-convert"),
    path("leads/<int:pk>/close/", working.lead_close, name="lead-close"),
    path("leads/<int:pk>/reopen/", working.lead_reopen, name="lead-reopen"),
    path("forms/<slug:slug>/", public.public_form, name="public-form"),
]

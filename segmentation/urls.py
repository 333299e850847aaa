"""Addresses of the room."""

from django.urls import URLPattern, path

from segmentation.views import contacts, matrix, nights, recovery, rules, silence, top, why, zero

app_name = "segmentation"
urlpatterns: list[URLPattern] = [
    path("segmentation/", matrix.matrix, name="matrix"),
    path("segmentation/rules/", rules.rules, name="rules"),
    path("segmentation/rules/new/", rules.new, name="rules-new"),
    path("segmentation/rules/preview/", rules.preview, name="rules-preview"),
    path("segmentation/rules/search/", rules.search, name="rules-search"),
    path("segmentation/rules/contacts/", contacts.norm_new, name="norm-new"),
    path("segmentation/rules/<int:pk>/", rules.one, name="rules-one"),
    path("segmentation/top/", top.top, name="top"),
    path("segmentation/top/by-hand/", top.choose, name="top-choose"),
    path("segmentation/top/clients/", top.suggest, name="top-clients"),
    path("segmentation/top/<int:client_pk>/", top.override, name="top-override"),
    path("segmentation/zero/", zero.zero, name="zero"),
    path("segmentation/zero/lane/<slug:name>/", zero.lane, name="zero-lane"),
    path("segmentation/zero/proposals/", zero.proposals, name="zero-proposals"),
    path("segmentation/zero/approve/", zero.approve, name="zero-approve"),
    path("segmentation/zero/refuse/", zero.refuse, name="zero-refuse"),
    path("segmentation/zero/exclude/<int:client_pk>/", zero.exclude, name="zero-exclude"),
    path("segmentation/zero/<int:case_pk>/undo/", zero.undo, name="zero-undo"),
    path("segmentation/zero/reason/<int:client_pk>/", silence.answer, name="zero-reason"),
    path("segmentation/zero/reasons/", silence.reasons, name="zero-reasons"),
    path("segmentation/zero/recovery/", recovery.recovery, name="zero-recovery"),
    path("segmentation/contacts/", contacts.contacts, name="contacts"),
    path("segmentation/contacts/day/", contacts.day, name="contacts-day"),
    path("segmentation/nights/", nights.nights, name="nights"),
    path("segmentation/nights/run/", nights.run, name="nights-run"),
    path("segmentation/nights/job/<int:pk>/", nights.job_state, name="nights-job"),
    path("segmentation/nights/<str:as_of>/", nights.night, name="nights-one"),
    path("segmentation/nights/<str:as_of>/undo/", nights.undo, name="nights-undo"),
    path("segmentation/why/<int:client_pk>/<slug:topic>/", why.why, name="why"),
]

"""Addresses of the typology."""

from django.urls import path

from clients.typology.views import control, pages

app_name = "typology"
urlpatterns = [
    path("", pages.overview, name="overview"),
    path("spheres/<int:pk>/", pages.sphere, name="sphere"),
    path("types/<int:pk>/", pages.segment, name="segment"),
    path("rows/<slug:kind>/new/<int:parent>/", pages.row_new, name="row-new"),
    path("rows/<slug:kind>/<int:pk>/", pages.row_edit, name="row-edit"),
    path("objections/", control.objection_list, name="objections"),
    path("progress/", control.progress_page, name="progress"),
    path("disagreements/", control.disagreements, name="disagreements"),
    path("disagreements/<int:pk>/agree/", control.agree, name="agree"),
    path("disagreements/<int:pk>/return/", control.give_back, name="return"),
    path("versions/", control.version_list, name="versions"),
    path("versions/publish/", control.publish, name="publish"),
    path("versions/<int:pk>/", control.version, name="version"),
]

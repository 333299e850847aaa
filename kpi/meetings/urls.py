"""Addresses of meetings."""

from django.urls import URLPattern, path

from kpi.meetings.views import listing, page, walking

urlpatterns: list[URLPattern] = [
    path("", listing.meetings, name="meetings"),
    path("new/", listing.new, name="meeting-new"),
    path("decisions/", listing.decisions, name="decisions"),
    path("<int:pk>/", page.meeting, name="meeting"),
    path("<int:pk>/fill/", page.fill, name="meeting-fill"),
    path("<int:pk>/lines/", page.add_line, name="meeting-line"),
    path("<int:pk>/lines/<int:line>/<str:act>/", page.line_act, name="meeting-line-act"),
    path("<int:pk>/decide/", page.decide, name="meeting-decide"),
    path("<int:pk>/close/", page.close, name="meeting-close"),
    path("<int:pk>/people/<int:person>/", walking.walk, name="meeting-walk"),
]

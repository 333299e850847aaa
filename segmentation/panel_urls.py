"""Addresses of the room's panels on the client's card."""

from django.urls import path

from segmentation import panels
from segmentation.views import preparation, programmes

app_name = "segmentation-panels"
urlpatterns = [
    path("<int:pk>/turnover/", panels.turnover, name="turnover"),
    path("<int:pk>/classes/", panels.classes, name="classes"),
    path("<int:pk>/silence/", panels.silent, name="silence"),
    path("<int:pk>/preparation/", preparation.panel, name="preparation"),
    path("<int:pk>/programmes/", programmes.panel, name="programmes"),
]

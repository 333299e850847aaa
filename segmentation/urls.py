"""Addresses of the room."""

from django.urls import URLPattern

app_name = "segmentation"
urlpatterns: list[URLPattern] = []

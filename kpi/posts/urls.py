"""Addresses of the terms of posts."""

from django.urls import path

from kpi.posts import views

urlpatterns = [
    path("", views.post, name="post"),
    path("readers/", views.readers, name="post-readers"),
]

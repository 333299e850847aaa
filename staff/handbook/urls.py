"""Addresses of the sales book."""

from django.urls import path

from staff.handbook import views

app_name = "handbook"
urlpatterns = [
    path("", views.book, name="book"),
    path("<slug:code>/", views.article, name="article"),
    path("<slug:code>/edit/", views.edit, name="edit"),
    path("<slug:code>/readers/", views.readers, name="readers"),
    path("<slug:code>/<int:number>/read/", views.acknowledge, name="acknowledge"),
]

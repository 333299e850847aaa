"""Addresses of indicators."""

from django.urls import URLPattern, path

from kpi.indicators import views

urlpatterns: list[URLPattern] = [
    path("", views.positions, name="indicators"),
    path("ready/", views.ready, name="indicators-ready"),
    path("ready/new/", views.indicator_new, name="indicator-new"),
    path("ready/<int:pk>/", views.indicator, name="indicator"),
    path("<int:pk>/", views.position, name="indicator-position"),
    path("<int:pk>/begin/", views.begin, name="indicator-set-begin"),
    path("sets/<int:pk>/discard/", views.discard, name="indicator-set-discard"),
    path("sets/<int:pk>/lines/new/", views.line, name="indicator-line-new"),
    path("sets/<int:pk>/lines/<int:number>/", views.line, name="indicator-line"),
    path("sets/<int:pk>/lines/<int:number>/remove/", views.take_out, name="indicator-line-remove"),
]

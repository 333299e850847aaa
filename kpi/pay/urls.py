"""Addresses of pay."""

from django.urls import URLPattern, path

from kpi.pay.views import fund, schemes, sheets

urlpatterns: list[URLPattern] = [
    path("", sheets.pay, name="pay"),
    path("export/", sheets.export, name="pay-export"),
    path("fund/", fund.fund, name="pay-fund"),
    path("fund/rate/", fund.rate, name="pay-fund-rate"),
    path("schemes/", schemes.schemes, name="pay-schemes"),
    path("schemes/new/", schemes.new, name="pay-scheme-new"),
    path("schemes/<int:pk>/", schemes.scheme, name="pay-scheme"),
    path("schemes/<int:pk>/terms/", schemes.terms, name="pay-scheme-terms"),
    path("schemes/<int:pk>/component/", schemes.component, name="pay-component-new"),
    path("schemes/<int:pk>/component/<int:number>/", schemes.component, name="pay-component"),
    path("schemes/<int:pk>/component/<int:number>/remove/", schemes.remove, name="pay-component-remove"),
    path("schemes/<int:pk>/approve/", schemes.approve, name="pay-scheme-approve"),
    path("schemes/<int:pk>/discard/", schemes.discard, name="pay-scheme-discard"),
    path("<int:pk>/", sheets.sheet, name="pay-sheet"),
    path("<int:pk>/what-if/", sheets.what_if, name="pay-what-if"),
]

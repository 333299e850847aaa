"""Addresses of loads."""

from django.urls import URLPattern, path

from kpi.workload.views import leaving, norms, table

urlpatterns: list[URLPattern] = [
    path("", table.workload, name="workload"),
    path("export/", table.export, name="workload-export"),
    path("norms/", norms.norms, name="workload-norms"),
    path("norms/clients/", norms.portfolio, name="workload-norm-clients"),
    path("norms/output/", norms.output, name="workload-norm-output"),
    path("leaving/<int:pk>/", leaving.leaving, name="leaving"),
]

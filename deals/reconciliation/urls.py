"""Addresses of reconciliations: a list of its own has its own names."""

from django.urls import path

from deals.reconciliation import views

app_name = "reconciliation"
urlpatterns = [
    path("", views.line_list, name="line-list"),
    path("totals/", views.line_totals, name="line-totals"),
    path("counts/", views.line_counts, name="line-counts"),
    path("filters/", views.line_filters, name="line-filters"),
    path("groups/", views.line_groups, name="line-groups"),
    path("columns/", views.line_columns, name="line-columns"),
    path("width/", views.line_width, name="line-width"),
    path("export/", views.line_export, name="line-export"),
    path("export/<int:pk>/", views.export_job, name="export-job"),
    path("export/<int:pk>/file/", views.export_file, name="export-file"),
    path("start/", views.start, name="start"),
    path("tasks/", views.tasks, name="line-tasks"),
    path("tasks/undo/<str:token>/", views.tasks_undo, name="tasks-undo"),
]

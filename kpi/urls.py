"""Addresses of the room."""

from django.urls import URLPattern, URLResolver, include, path

from kpi.views import board, months, tv

app_name = "kpi"
urlpatterns: list[URLPattern | URLResolver] = [
    path("kpi/", board.board, name="board"),
    path("kpi/tv/", tv.show, name="tv"),
    path("kpi/xlsx/", board.export, name="board-xlsx"),
    path("kpi/plans/", include("kpi.plans.urls")),
    path("kpi/change-plan/", include("kpi.change_plan.urls")),
    path("kpi/pay/", include("kpi.pay.urls")),
    path("kpi/indicators/", include("kpi.indicators.urls")),
    path("kpi/post/", include("kpi.posts.urls")),
    path("kpi/meetings/", include("kpi.meetings.urls")),
    path("kpi/reports/", include("kpi.reports.urls")),
    path("kpi/workload/", include("kpi.workload.urls")),
    path("kpi/behind/", board.behind, name="behind"),
    path("kpi/months/<str:month>/close/", months.close, name="month-close"),
    path("kpi/months/<str:month>/reopen/", months.reopen, name="month-reopen"),
    path("kpi/months/reckon/", months.reckon, name="month-reckon"),
]

"""Addresses of the room; those of one client stand beside the card's."""

from django.urls import path

from deals import panels
from deals.views import handing, listing, logging, sharing, tasks

app_name = "deals"
urlpatterns = [
    path("tasks/", listing.task_list, name="task-list"),
    path("tasks/totals/", listing.task_totals, name="task-totals"),
    path("tasks/counts/", listing.task_counts, name="task-counts"),
    path("tasks/filters/", listing.task_filters, name="task-filters"),
    path("tasks/groups/", listing.task_groups, name="task-groups"),
    path("tasks/columns/", listing.task_columns, name="task-columns"),
    path("tasks/width/", listing.task_width, name="task-width"),
    path("tasks/export/", listing.task_export, name="task-export"),
    path("tasks/export/<int:pk>/", listing.export_job, name="export-job"),
    path("tasks/export/<int:pk>/file/", listing.export_file, name="export-file"),
    path("tasks/day/", tasks.task_day, name="task-day"),
    path("tasks/new/", tasks.task_new, name="task-new"),
    path("tasks/done/", tasks.task_done, name="task-done"),
    path("tasks/snooze/", tasks.task_snooze, name="task-snooze"),
    path("tasks/reassign/", tasks.task_reassign, name="task-reassign"),
    path("tasks/cancel/", tasks.task_cancel, name="task-cancel"),
    path("tasks/undo/<str:token>/", tasks.task_undo, name="task-undo"),
    path("tasks/<int:pk>/", tasks.task_card, name="task-card"),
    path("tasks/<int:pk>/cell/<slug:column>/", tasks.task_cell, name="task-cell"),
    path("log/", logging.log, name="log"),
    path("clients/owner/", handing.owner_change_many, name="owner-change-many"),
    path("clients/owner/undo/<str:token>/", handing.owner_undo, name="owner-undo"),
    path("clients/distribution/", sharing.distribution, name="distribution"),
    path("clients/distribution/of/", sharing.distribution_of, name="distribution-of"),
    path("clients/distribution/carry-out/", sharing.carry_out, name="distribution-carry-out"),
    path("clients/distribution/job/<int:pk>/", sharing.job, name="distribution-job"),
    path("clients/<int:pk>/owner/", handing.owner_change, name="owner-change"),
    path("clients/<int:pk>/tasks/", panels.tasks, name="client-tasks"),
    path("clients/<int:pk>/log/", logging.log_client, name="log-client"),
]

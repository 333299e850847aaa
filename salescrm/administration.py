"""The administrators' site at /admin/: users, branches and the schedule, under our own log-in."""

from django.contrib.admin.apps import AdminConfig


class Administration(AdminConfig):
    """Django's admin with our site in place of its own."""

    default_site = "staff.administration.Site"

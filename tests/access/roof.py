"""Addresses of the roof and of the floor."""

from staff.access import Role
from tests.access.table import Row

ROWS = [
    Row("change-log", {Role.HOS, Role.DEPUTY_DIRECTOR, Role.DEPUTY_IT, Role.DIRECTOR}),
    Row("home"),
    Row("healthz", stranger=200),
    Row("search", query="?q=x"),
    Row("search-palette", query="?q=x"),
]

# Addresses of libraries that guard themselves; the test of the role NONE and of strangers still covers the rooms.
NOT_OURS = ("account_", "mfa_", "usersessions_", "admin:", "socialaccount_")

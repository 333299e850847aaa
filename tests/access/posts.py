"""Addresses of the terms of posts: everybody has the own ones."""

from __future__ import annotations

from staff.access import Act
from tests.access.clients import who_may
from tests.access.table import Row

ROWS = [
    Row("kpi:post"),
    Row("kpi:post", method="post", ok=302),
    Row("kpi:post-readers", who_may(Act.CHECK_READING)),
]

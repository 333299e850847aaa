"""What the room says of its tables when clients are joined."""

from __future__ import annotations

from clients.duplicates.parts import Stays

PARTS = (
    Stays("kpi.PlanFigure.client", why="what was planned stays as it was planned; the next plan has the kept one"),
)

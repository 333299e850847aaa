"""What is said in a stage to a client: the variant made for such clients, else the stage's own script (R138)."""

from __future__ import annotations

from clients.models import Client
from deals.pipelines.models import Stage, StageScript


def lines(stage: Stage, client: Client) -> list[str]:
    """Return the script of a stage for a client, line by line; its Standing row is read along where there is one."""
    found = fitting(list(stage.scripts.all()), client)
    text = found.text if found else stage.script
    return [line for line in text.splitlines() if line.strip()]


def fitting(scripts: list[StageScript], client: Client) -> StageScript | None:
    """Return the variant that names most of what the client is; of equals the first."""
    standing = getattr(client, "standing", None)
    life_cycle, is_top = (standing.life_cycle, standing.top) if standing else ("", False)
    fit = [
        one
        for one in scripts
        if one.segment_id in (None, client.segment_id) and one.life_cycle in ("", life_cycle) and is_top >= one.is_top
    ]
    return max(fit, key=weight, default=None)


def weight(script: StageScript) -> int:
    """Say of how much a variant speaks."""
    return (script.segment_id is not None) + bool(script.life_cycle) + script.is_top

"""Small pictures drawn by the server as SVG attributes: bars of a year, plan against fact, a share."""

from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from salescrm.base.show import Amount

WIDTH, HEIGHT = 88, 24


class Bar(NamedTuple):
    """One bar of a spark, its geometry as text for SVG attributes."""

    x: str
    y: str
    width: str
    height: str
    kind: str


class Spark(NamedTuple):
    """Bars of the values and the points of last year's line (empty when unknown)."""

    bars: list[Bar]
    line: str


def spark(values: Sequence[Amount | None], last_year: Sequence[Amount | None] = ()) -> Spark:
    """Bars in a box of 88 by 24: one a value, the last strong, zero and below a hair line; last year's points."""
    highest = max([_float(value) for value in (*values, *last_year)], default=0.0)
    step = WIDTH / max(len(values), 1)
    last = len(values) - 1
    bars = [_bar(i * step, step, _rise(_float(value), highest), i == last) for i, value in enumerate(values)]
    points = [
        f"{i * step + step / 2:.1f},{HEIGHT - _rise(_float(value), highest):.1f}"
        for i, value in enumerate(last_year[: len(values)])
    ]
    return Spark(bars, " ".join(points))


def _bar(x: float, step: float, rise: float, is_last: bool) -> Bar:
    tall = max(rise, 1.0)
    kind = "void" if rise <= 0 else "last" if is_last else ""
    return Bar(f"{x + step * 0.08:.1f}", f"{HEIGHT - tall:.1f}", f"{step * 0.83:.1f}", f"{tall:.1f}", kind)


def _rise(value: float, highest: float) -> float:
    return max(value, 0.0) / highest * (HEIGHT - 1) if highest > 0 else 0.0


class Bullet(NamedTuple):
    """Widths of fact and forecast and the place of the plan's tick, in per cent of the picture."""

    fact: str
    forecast: str
    plan: str


def bullet(fact: Amount | None, forecast: Amount | None, plan: Amount | None) -> Bullet:
    """Return the three on one scale that leaves a twentieth free at the right; an empty plan has no tick."""
    top = max(_float(fact), _float(forecast), _float(plan), 0.0) * 1.06 or 1.0
    tick = share_text(_float(plan), top) if plan else ""
    return Bullet(share_text(_float(fact), top), share_text(_float(forecast), top), tick)


def share_text(part: Amount | None, whole: Amount | None) -> str:
    """`part` of `whole` as an SVG width between 0% and 100%."""
    total = _float(whole)
    share = _float(part) / total if total > 0 else 0.0
    return f"{min(max(share, 0.0), 1.0) * 100:.1f}%"


def _float(value: Amount | None) -> float:
    return float(value) if isinstance(value, (int, float, Decimal)) else 0.0

"""Simple bar charts as SVG that needs no style attribute and says in words what it draws; the table stands beneath."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

_WIDTH, _HEIGHT, _FOOT, _HEAD = 760, 240, 28, 18


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: its label, its whole, and the part of it that is drawn in the second colour."""

    label: str
    whole: int
    part: int = 0


def columns(title: str, bars: Sequence[Bar]) -> Markup:
    """Upright bars, each with its number above."""
    most = max((bar.whole for bar in bars), default=0) or 1
    step = _WIDTH / max(len(bars), 1)
    room = _HEIGHT - _FOOT - _HEAD
    drawn = []
    for number, bar in enumerate(bars):
        left, width = number * step + step * 0.15, step * 0.7
        tall, part = room * bar.whole / most, room * bar.part / most
        base = _HEIGHT - _FOOT
        drawn.append(_rect("bar", left, base - tall, width, tall))
        drawn.append(_rect("bar bar--part", left, base - part, width, part))
        middle = left + width / 2
        if bar.whole:
            drawn.append(_text(middle, base - tall - 5, str(bar.whole)))
        if len(bars) <= 14 or number % 3 == 0:
            drawn.append(_text(middle, _HEIGHT - 9, bar.label))
    axis = f'<line class="axis" x1="0" y1="{_HEIGHT - _FOOT}" x2="{_WIDTH}" y2="{_HEIGHT - _FOOT}"/>'
    return _svg(title, _HEIGHT, "".join(drawn) + axis)


def rows(title: str, bars: Sequence[Bar]) -> Markup:
    """Lying bars, for long labels: the label stands above its bar."""
    most = max((bar.whole for bar in bars), default=0) or 1
    drawn = []
    for number, bar in enumerate(bars):
        top = number * 42
        long = (_WIDTH - 60) * bar.whole / most
        drawn.append(f'<text x="0" y="{top + 13}">{escape(bar.label)}</text>')
        drawn.append(_rect("bar", 0, top + 18, long, 16))
        drawn.append(f'<text x="{long + 6:.0f}" y="{top + 31}">{bar.whole}</text>')
    return _svg(title, len(bars) * 42, "".join(drawn))


def _svg(title: str, height: int, content: str) -> Markup:
    # Every label in `content` went through escape(); numbers are our own.
    return Markup(  # noqa: S704
        f'<svg class="app-chart" viewBox="0 0 {_WIDTH} {height}" role="img" aria-label="{escape(title)}">'
        f"{content}</svg>"
    )


def _rect(name: str, left: float, top: float, width: float, height: float) -> str:
    return f'<rect class="{name}" x="{left:.1f}" y="{top:.1f}" width="{width:.1f}" height="{height:.1f}"/>'


def _text(x: float, y: float, words: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="middle">{escape(words)}</text>'

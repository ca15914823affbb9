"""A picture of the marks: how many students have which share of the points, as an SVG that a screen reader can say."""

from __future__ import annotations

from html import escape

WIDTH, HEIGHT, BASE = 640, 220, 180


def histogram(counts: list[int]) -> str:
    """The SVG for these numbers of students in equal bins from 0 to 100 %."""
    most, wide = max(counts, default=0), WIDTH / max(len(counts), 1)
    bars = "".join(_bar(i, count, most, wide) for i, count in enumerate(counts))
    ticks = "".join(
        f'<text class="tick" x="{i * wide:.1f}" y="{BASE + 20}" text-anchor="{_anchor(i, len(counts))}">'
        f"{round(100 * i / len(counts))} %</text>"
        for i in range(0, len(counts) + 1, 2)
    )
    box, label = f"-4 -14 {WIDTH + 8} {HEIGHT}", escape(in_words(counts))
    return (
        f'<svg class="histogram" viewBox="{box}" role="img" aria-label="{label}">'
        f'{bars}<line x1="0" x2="{WIDTH}" y1="{BASE}" y2="{BASE}"/>{ticks}</svg>'
    )


def in_words(counts: list[int]) -> str:
    """The same as a sentence: "2 students from 0 to 10 %, 5 from 90 to 100 %"."""
    step = 100 / max(len(counts), 1)
    said = [f"{n} from {step * i:.0f} to {step * (i + 1):.0f} %" for i, n in enumerate(counts) if n]
    return f"Students by their share of the points: {', '.join(said) or 'none'}"


def _bar(place: int, count: int, most: int, wide: float) -> str:
    if not count:
        return ""
    height = max(2.0, (BASE - 10) * count / most)
    left, top = place * wide + 2, BASE - height
    return (
        f'<rect x="{left:.1f}" y="{top:.1f}" width="{wide - 4:.1f}" height="{height:.1f}" rx="3"/>'
        f'<text x="{left + wide / 2 - 2:.1f}" y="{top - 4:.1f}" text-anchor="middle">{count}</text>'
    )


def _anchor(place: int, bins: int) -> str:
    return "start" if place == 0 else "end" if place == bins else "middle"

"""The corpus: every fault by its topic, in the order in which the instructors' table shows them."""

from __future__ import annotations

from tests.grading.faults.corpus import (
    cells,
    comparison,
    damage,
    escape,
    forging,
    html,
    odd,
    resources,
    secrets,
)

TOPICS = {
    "using up resources": resources.FAULTS,
    "escaping": escape.FAULTS,
    "forging verdicts": forging.FAULTS,
    "reading secrets": secrets.FAULTS,
    "cheating the comparison": comparison.FAULTS,
    "damaged notebooks": damage.FAULTS,
    "odd cells": cells.FAULTS,
    "hostile HTML": html.FAULTS,
    "honest but odd": odd.FAULTS,
}
FAULTS = tuple(fault for faults in TOPICS.values() for fault in faults)

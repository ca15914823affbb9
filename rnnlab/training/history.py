"""What happened during training, step by step, as plain arrays that print well and that plots can read."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]

RECENT = 100


@dataclass(frozen=True, eq=False, repr=False)
class History:
    """The course of one training run of S steps, with V validations.

    loss (S): the loss of each batch before its update. norm (S): the gradient's norm before clipping. rate (S): the
    learning rate. score_step, score (V): after how many steps which validation score came. best_step: where the best
    one came, or None. seconds: wall time, that of resumed runs added up. stopped: "steps", "epochs" or "patience".
    """

    loss: Array
    norm: Array
    rate: Array
    score_step: Array
    score: Array
    best_step: int | None
    seconds: float
    stopped: str

    def __repr__(self) -> str:
        width = max(len(name) for name, _ in self._facts())
        return "\n".join(f"{name:<{width}}  {value}" for name, value in self._facts())

    def _repr_html_(self) -> str:
        rows = "".join(
            f'<tr><th scope="row" style="text-align:left">{escape(name)}</th>'
            f'<td style="text-align:left">{escape(value)}</td></tr>'
            for name, value in self._facts()
        )
        return f"<table><caption>Training</caption><tbody>{rows}</tbody></table>"

    def _facts(self) -> list[tuple[str, str]]:
        """What the summary says, name and value."""
        steps = len(self.loss)
        facts = [("steps", f"{steps} in {self.seconds:.1f} s, stopped by {self.stopped}")]
        if steps:
            recent = min(RECENT, steps)
            last = f"{np.mean(self.loss[-recent:]):.4g} (mean of the last {recent})"
            facts.append(("loss", f"{self.loss[0]:.4g} at first, {last}"))
            facts.append(
                ("gradient norm", f"{np.median(self.norm):.3g} (median), {self.norm.max():.3g} at most")
            )
            facts.append(("rate", f"{self.rate[0]:.3g} at first, {self.rate[-1]:.3g} at last"))
        if self.best_step is not None:
            best = float(self.score[self.score_step == self.best_step][0])
            facts.append(("validation", f"{best:.4g} at its best, after step {self.best_step} (kept)"))
        return facts

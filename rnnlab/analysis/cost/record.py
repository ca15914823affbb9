"""What a network costs: its parameters, its arithmetic forward and backward, and the memory between the two.

What is counted. A FLOP is one addition, subtraction, multiplication, division or comparison of two numbers; a tanh, σ,
exp or square root counts as one too, although it takes several times as long. `products` are matrix products, of
2 m n each for an (m, n) matrix and a vector: a multiplication and an addition for each entry. `pointwise` is all else:
biases, activations, gates, sums. The counts are those of the equations as the modules of `rnnlab.nets` state them, not
of the code, which may do a little more or less. The backward pass gives the gradients at inputs, start and weights.

`cache_bytes` are the arrays that a forward pass keeps for the backward pass, and are those of the code, to the byte;
`input_bytes` is the input x, where it is kept as it came. It belongs to whoever made it, so a stack of layers counts it
only where nobody else keeps it. A batch of padded sequences costs as much as one of full length.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple


class Flops(NamedTuple):
    """Arithmetic operations: in matrix products and pointwise."""

    products: int = 0
    pointwise: int = 0

    @property
    def total(self) -> int:
        """All operations."""
        return self.products + self.pointwise

    def plus(self, other: Flops) -> Flops:
        """Both together (+ would join the two records as tuples)."""
        return Flops(self.products + other.products, self.pointwise + other.pointwise)

    def times(self, count: int) -> Flops:
        """The same `count` times.

        >>> Flops(products=6, pointwise=1).times(10).total
        70
        """
        return Flops(self.products * count, self.pointwise * count)


NOTHING = Flops()


@dataclass(frozen=True)
class Cost:
    """Parameters, FLOPs of a forward and a backward pass over a batch, and the bytes that are kept between them."""

    parameters: int = 0
    forward: Flops = NOTHING
    backward: Flops = NOTHING
    cache_bytes: int = 0
    input_bytes: int = 0

    @property
    def held_bytes(self) -> int:
        """All that is alive between the passes beyond the parameters, as `memory.held_bytes` counts it."""
        return self.cache_bytes + self.input_bytes

    @property
    def flops(self) -> int:
        """All operations of a training step without the optimizer: forward and backward."""
        return self.forward.total + self.backward.total

    def __add__(self, other: Cost) -> Cost:
        """The cost of two parts; each one's input is kept for itself."""
        return Cost(
            parameters=self.parameters + other.parameters,
            forward=self.forward.plus(other.forward),
            backward=self.backward.plus(other.backward),
            cache_bytes=self.cache_bytes + other.cache_bytes,
            input_bytes=self.input_bytes + other.input_bytes,
        )

    def on_kept_input(self) -> Cost:
        """The same where the input is kept by another part already."""
        return Cost(self.parameters, self.forward, self.backward, self.cache_bytes)

    def on_own_input(self) -> Cost:
        """The same where the input was made for this part, so that it is a part of the cache."""
        return Cost(self.parameters, self.forward, self.backward, self.held_bytes)

    def __repr__(self) -> str:
        rows = {
            "parameters": f"{self.parameters:,}",
            "forward": _described(self.forward),
            "backward": _described(self.backward),
            "kept between": f"{self.held_bytes:,} bytes",
        }
        return "\n".join(f"{name:<14}{value}" for name, value in rows.items())


def _described(flops: Flops) -> str:
    return f"{flops.total:,} FLOPs, {flops.products:,} of them in matrix products"

"""How close the plain network comes to the machine's rate of matrix products, on one thread.

Run: python benchmarks/rnn_gemm_rate.py
"""

from __future__ import annotations

import os

# The library reads this once, when it is loaded.
os.environ["OPENBLAS_NUM_THREADS"] = os.environ["OMP_NUM_THREADS"] = "1"

import numpy as np
from timing import interleaved

from rnnlab.nets import rnn

T, B, D, H = 128, 64, 32, 256
SQUARE = 1024


def floating_point_operations() -> int:
    """Those of the matrix products alone: each weight is used once forward and twice backward, at two per weight."""
    return 3 * 2 * T * B * (H * D + H * H)


def main() -> None:
    print(f"T = {T}, B = {B}, D = {D}, H = {H}; billions of floating-point operations a second of CPU time")
    print("| dtype | forward and backward | matrix product | share |\n|---|--:|--:|--:|")
    for dtype in (np.float32, np.float64):
        rng = np.random.default_rng(0)
        params = rnn.init(rng, D, H, dtype)
        x, d_h = (rng.normal(size=(T, B, size)).astype(dtype) for size in (D, H))
        square = rng.normal(size=(SQUARE, SQUARE)).astype(dtype)
        times = interleaved(
            {
                "network": lambda x=x, d_h=d_h, params=params: rnn.backward(d_h, rnn.forward(params, x)[1]),
                "product": lambda square=square: square @ square,
            }
        )
        network = floating_point_operations() / times["network"] / 1e6
        product = 2 * SQUARE**3 / times["product"] / 1e6
        print(f"| {dtype.__name__} | {network:.0f} | {product:.0f} | {network / product:.0%} |")


if __name__ == "__main__":
    main()

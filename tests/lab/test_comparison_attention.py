"""Naive and fused attention: one result, two kinds of memory."""

from __future__ import annotations

from rnnlab.lab.comparison import attention, summary


def test_both_kernels_give_the_same_outputs():
    assert attention.largest_difference(64) < 1e-5


def test_only_naive_attention_keeps_a_table_of_scores():
    rows = [row for T in (128, 256) for row in attention.attention_costs(T, rounds=1)]
    naive, fused = (
        summary.exponent(*summary.measured(rows, "attention kept", name))
        for name in ("naive attention", "fused attention")
    )
    assert naive > 1.5
    assert fused < 1.1

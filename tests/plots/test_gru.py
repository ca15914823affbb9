"""The drawings of the GRU name what they show, and the two places of the reset gate differ."""

from __future__ import annotations

from rnnlab.plots.gru import gru_cell, reset_places


def test_the_cell_names_its_gates_and_states():
    (axes,) = gru_cell().axes
    shown = " ".join(text.get_text() for text in axes.texts)
    for part in ("update gate", "reset gate", "candidate", "$h_{t-1}$", "$h_t$", "$x_t$"):
        assert part in shown


def test_the_gate_stands_near_the_candidates_after_the_product_and_near_the_units_before_it():
    after, before = reset_places().axes
    for axes, side in ((after, "$n_1$"), (before, "$h_1$")):
        places = {
            text.get_text(): text.get_position()[0] for text in axes.texts if text.get_text().startswith("$")
        }
        other = "$h_1$" if side == "$n_1$" else "$n_1$"
        assert abs(places["$r_1$"] - places[side]) < abs(places["$r_1$"] - places[other])

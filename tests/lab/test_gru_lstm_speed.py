"""The timing harness: fair turns, torch left as it was. The times themselves are the machine's affair."""

from __future__ import annotations

import torch

from rnnlab.lab import gru_lstm_speed as lab


def test_every_cell_is_timed_in_every_implementation():
    taken = lab.seconds(lab.Size(T=3, B=2, D=3, H=4), rounds=2)
    assert set(taken) == {
        (maker, kind) for maker in (lab.RNNLAB, lab.TORCH, lab.WITHOUT) for kind in lab.CELLS
    }
    assert all(seconds >= 0 for seconds in taken.values())


def test_the_candidates_take_turns_after_one_warm_up_each():
    order = []
    lab.medians({name: lambda name=name: order.append(name) for name in "ab"}, rounds=3)
    assert "".join(order) == "ab" * 4


def test_torch_is_left_as_it_was():
    threads, onednn = torch.get_num_threads(), torch._C._get_mkldnn_enabled()
    lab.seconds(lab.Size(T=2, B=1, D=2, H=2), rounds=1)
    assert torch.get_num_threads() == threads
    assert torch._C._get_mkldnn_enabled() == onednn

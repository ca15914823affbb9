"""The references on sequences agree with torch and with the course's own networks."""

import numpy as np
import pytest
import torch

from rnnlab.exercises.sequences import ASSIGNMENT
from rnnlab.nets import attention as package_attention
from rnnlab.nets import decoding, masks, rnn, stacked
from rnnlab.nets.cells import cell
from rnnlab.nets.reversal import reverse

PARTS = {part.name.rpartition(".")[2]: part for part in ASSIGNMENT.parts}


def calls(name):
    """The reference, and the arguments of all its probes in float64, as arrays of their own."""
    exercise = PARTS[name]
    probes = [probe for seed in range(3) for probe in exercise.probes(np.random.default_rng(seed))]
    for probe in probes:
        if "float32" not in probe.traits:
            given = tuple(np.array(a) if isinstance(a, np.ndarray) else a for a in probe.arguments)
            yield given, exercise.reference(*probe.arguments)


def same(mine, expected):
    np.testing.assert_allclose(mine, expected, rtol=1e-9, atol=1e-11)


def padding(x, lengths):
    return np.arange(len(x))[:, None] < lengths


def test_a_batch_is_turned_as_the_package_turns_it():
    for (x, lengths), mine in calls("reverse_padded"):
        np.testing.assert_array_equal(mine, reverse(x, padding(x, lengths)))


def test_the_bidirectional_network_is_that_of_torch_on_packed_sequences():
    for (x, lengths, h_0, W_xh, W_hh, b_h), mine in calls("birnn_forward"):
        network = torch.nn.RNN(x.shape[2], h_0.shape[2], bidirectional=True, dtype=torch.float64)
        for way, ending in enumerate(("", "_reverse")):
            load(network, f"_l0{ending}", W_xh[way], W_hh[way], b_h[way])
        packed = torch.nn.utils.rnn.pack_padded_sequence(
            torch.tensor(x), torch.tensor(lengths), enforce_sorted=False
        )
        with torch.no_grad():
            out, _ = network(packed, torch.tensor(h_0))
        theirs, _ = torch.nn.utils.rnn.pad_packed_sequence(out, total_length=len(x))
        same(mine, theirs.numpy())


def load(network, ending, W_xh, W_hh, b_h):
    with torch.no_grad():
        for name, value in (("weight_ih", W_xh), ("weight_hh", W_hh), ("bias_ih", b_h), ("bias_hh", 0 * b_h)):
            getattr(network, name + ending).copy_(torch.tensor(value))


def test_the_stack_is_that_of_the_package_and_of_torch_with_the_sum_added():
    tanh = cell("rnn")
    for (x, h_0, W_xh_1, W_xh_2, W_hh, b_h), mine in calls("stacked_forward"):
        layers = tuple(
            rnn.Params(W_xh=W, W_hh=U, b_h=b) for W, U, b in zip((W_xh_1, W_xh_2), W_hh, b_h, strict=True)
        )
        params = stacked.Params(layers, None)
        same(mine, stacked.forward(params, x, tuple(h_0), cell=tanh, residual=True)[0])
        first, second = (torch.nn.RNN(W.shape[1], len(W), dtype=torch.float64) for W in (W_xh_1, W_xh_2))
        load(first, "_l0", W_xh_1, W_hh[0], b_h[0])
        load(second, "_l0", W_xh_2, W_hh[1], b_h[1])
        with torch.no_grad():
            below, _ = first(torch.tensor(x), torch.tensor(h_0[:1]))
            above, _ = second(below, torch.tensor(h_0[1:]))
        same(mine, (below + above).numpy())


def test_the_context_vector_is_the_packages_last_state():
    for (x, mask, h_0, W_xh, W_hh, b_h), mine in calls("encode"):
        states, _ = rnn.forward(rnn.Params(W_xh=W_xh, W_hh=W_hh, b_h=b_h), x, h_0, mask)
        same(mine, states[-1])


def test_greedy_search_writes_what_the_package_writes():
    for given, mine in calls("greedy_decode"):
        h_0, E, W_xh, W_hh, b_h, W_hy, b_y, start_id, end_id, longest = given

        def step(h, ids, E=E, W_xh=W_xh, W_hh=W_hh, b_h=b_h, W_hy=W_hy, b_y=b_y):
            h = np.tanh(E[ids] @ W_xh.T + h @ W_hh.T + b_h)
            logits = torch.tensor(h @ W_hy.T + b_y)
            return h, torch.log_softmax(logits, dim=1).numpy()

        theirs = decoding.greedy(step, h_0, np.full(len(h_0), start_id), end_id, longest).ids
        np.testing.assert_array_equal(mine[:, : len(theirs)], theirs.T)
        assert (mine[:, len(theirs) :] == end_id).all()


def test_the_beam_is_that_of_the_package():
    for (log_p, start_id, width), (ids, total) in calls("beam_search"):

        def step(t, last, log_p=log_p):
            return t + 1, log_p[t, last]

        found = decoding.beam_search(
            step, np.zeros(1, dtype=int), np.array([start_id]), None, len(log_p), width
        )
        best = found[0][0]
        np.testing.assert_array_equal(ids, best.ids)
        assert total == pytest.approx(best.log_probability)


def test_the_mask_is_that_of_the_package():
    for (mask, causal), mine in calls("attention_mask"):
        theirs = masks.allowed_keys(mask, causal, len(mask), len(mask))
        np.testing.assert_array_equal(mine, np.broadcast_to(theirs, mine.shape))


def test_attention_is_that_of_torch_and_of_the_package():
    for (queries, keys, values, allowed), (context, weights) in calls("attention"):
        scores = np.einsum("qbd,kbd->bqk", queries, keys) / np.sqrt(queries.shape[2])
        same(weights, masks.masked_softmax(scores, allowed))
        q, k, v = (torch.tensor(each).transpose(0, 1) for each in (queries, keys, values))
        theirs = torch.nn.functional.scaled_dot_product_attention(q, k, v, attn_mask=torch.tensor(allowed))
        somewhere = allowed.any(axis=2).T
        same(context[somewhere], theirs.transpose(0, 1).numpy()[somewhere])
        assert not context[~somewhere].any()
        real = np.ones(keys.shape[:2], dtype=bool)
        open_to_all, _ = package_attention.forward(package_attention.Params(), queries, keys, values, real)
        same(PARTS["attention"].reference(queries, keys, values, np.ones_like(allowed))[0], open_to_all)

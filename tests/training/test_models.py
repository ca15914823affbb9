"""Sequence models: gradients equal to central differences and to torch, for every cell, reading and loss."""

import numpy as np
import pytest
import torch

from rnnlab.nets import bidirectional, cells, stacked
from rnnlab.nets.parameters import leaves, mapped, named_leaves
from rnnlab.training.minibatches import Batch
from rnnlab.training.models import scored_steps, sequence_model
from tests.nets.numerics import assert_agrees, numerical_gradient, read_only

T, B, D, H, K, V = 4, 3, 2, 3, 5, 6


def make(kind="rnn", read="last", loss="cross_entropy", masked=False, ids=False, dtype=np.float64, **options):
    """A model, its weights and one batch, all random; the arrays are read-only."""
    rng = np.random.default_rng(0)
    model = sequence_model(kind, read, loss, **options)
    # weights large enough for every gradient to stand out of the rounding of the central differences
    params = mapped(lambda leaf: read_only(3 * leaf), model.init(rng, D, H, K, dtype, V if ids else None))
    x = rng.integers(0, V, (T, B)) if ids else rng.normal(size=(T, B, D)).astype(dtype)
    places = (T, B) if read == "every" else (B,)
    targets = rng.integers(0, K, places)
    if loss == "squared_error":
        targets = rng.normal(size=(*places, K)).astype(dtype)
    mask = read_only(np.arange(T)[:, np.newaxis] < np.array([4, 2, 3])) if masked else None
    return model, params, Batch(read_only(x), read_only(targets), mask)


def replaced(params, name, value):
    """The tree with another array at one place."""
    names = [path for path, _ in named_leaves(params)]
    values = iter(value if path == name else leaf for path, leaf in zip(names, leaves(params), strict=True))
    return mapped(lambda leaf: next(values), params)


def assert_gradient(model, params, batch):
    loss, grads = model.gradient(params, batch)
    assert loss == model.loss_of(params, batch)
    for name, gradient in named_leaves(grads):
        at = dict(named_leaves(params))[name]
        numerical = numerical_gradient(
            lambda value, name=name: model.loss_of(replaced(params, name, value), batch), at
        )
        assert_agrees(gradient, numerical, 1e-8)
    assert [name for name, _ in named_leaves(grads)] == [name for name, _ in named_leaves(params)]


@pytest.mark.parametrize("masked", [False, True])
@pytest.mark.parametrize("loss", ["cross_entropy", "squared_error"])
@pytest.mark.parametrize("read", ["every", "last", "mean"])
def test_every_gradient_equals_central_differences(read, loss, masked):
    assert_gradient(*make("gru", read, loss, masked))


@pytest.mark.parametrize("read", ["every", "last"])
@pytest.mark.parametrize(
    "kind",
    ["rnn", "lstm", stacked.network(cells.cell("lstm"), L=2)],
    ids=["rnn", "lstm", "two lstm layers"],
)
def test_every_cell_has_the_gradient_of_central_differences(kind, read):
    assert_gradient(*make(kind, read, masked=True))


@pytest.mark.parametrize("read", ["every", "mean"])
def test_a_bidirectional_cell_has_it_where_no_single_state_is_read(read):
    assert_gradient(*make(bidirectional.network(cells.cell("rnn")), read, masked=True))


def test_a_table_of_ids_has_it_too():
    assert_gradient(*make("rnn", "every", masked=True, ids=True))


def test_a_language_model_equals_torch():
    model, params, batch = make("lstm", "every", ids=True)
    embedding, layer = torch.nn.Embedding(V, D), torch.nn.LSTM(D, H)
    readout = torch.nn.Linear(H, K)
    network = torch.nn.ModuleList([embedding, layer, readout]).double()
    W_xh, W_hh, b_h = params.cell
    values = [params.E, W_xh, W_hh, b_h, np.zeros_like(b_h), *params.readout]
    with torch.no_grad():
        for parameter, value in zip(network.parameters(), values, strict=True):
            parameter.copy_(torch.tensor(value))
    y = readout(layer(embedding(torch.tensor(batch.x)))[0])
    expected = torch.nn.functional.cross_entropy(y.reshape(-1, K), torch.tensor(batch.targets).reshape(-1))
    expected.backward()
    loss, grads = model.gradient(params, batch)
    assert_agrees(loss, expected.detach(), 1e-12)
    theirs = [
        embedding.weight,
        layer.weight_ih_l0,
        layer.weight_hh_l0,
        layer.bias_ih_l0,
        *readout.parameters(),
    ]
    for gradient, parameter in zip(leaves(grads), theirs, strict=True):
        assert_agrees(gradient, parameter.grad.numpy(), 1e-10)


@pytest.mark.parametrize("read", ["every", "last", "mean"])
def test_what_stands_at_padding_has_no_effect(read):
    model, params, batch = make("gru", read, masked=True)
    garbage = batch._replace(x=np.where(batch.mask[..., np.newaxis], batch.x, 1e6))
    if read == "every":
        garbage = garbage._replace(targets=np.where(batch.mask, batch.targets, -100))
    (loss, grads), (same_loss, same_grads) = model.gradient(params, batch), model.gradient(params, garbage)
    assert loss == same_loss
    for one, two in zip(leaves(grads), leaves(same_grads), strict=True):
        np.testing.assert_array_equal(one, two)


def test_only_scored_steps_count():
    model, params, batch = make("rnn", "every", masked=True)
    scored = np.zeros((T, B), bool)
    scored[1:3] = True
    loss, _ = model.gradient(params, batch._replace(scored=scored))
    y = model.predict(params, batch.x, batch.mask)
    log_p = y - np.log(np.exp(y).sum(axis=-1, keepdims=True))
    chosen = np.take_along_axis(log_p, batch.targets[..., np.newaxis], -1)[..., 0][scored & batch.mask]
    assert_agrees(loss, -chosen.mean(), 1e-12)
    assert scored_steps(model, batch._replace(scored=scored)) == len(chosen) == 5


def test_the_mean_reads_real_states_alone():
    model, params, batch = make("rnn", "mean", masked=True)
    h, _ = model.cell.forward(params.cell, batch.x, None, batch.mask)
    means = np.stack([h[:length, b].mean(axis=0) for b, length in enumerate((4, 2, 3))])
    expected = means @ params.readout.W_hy.T + params.readout.b_y
    assert_agrees(model.predict(params, batch.x, batch.mask), expected, 1e-12)


@pytest.mark.parametrize("kind", ["rnn", "lstm", "gru"])
def test_the_state_goes_from_batch_to_batch(kind):
    model, params, batch = make(kind, "every", "squared_error")
    whole = model.predict(params, batch.x)
    first = mapped(lambda part: part[:2], batch)
    _, _, state = model.gradient_from(params, first, model.cell.zero_state(params.cell, B))
    assert_agrees(model.predict(params, batch.x[2:], state=state), whole[2:], 1e-12)


@pytest.mark.parametrize("ids", [False, True])
@pytest.mark.parametrize("read", ["every", "last", "mean"])
@pytest.mark.parametrize("loss", ["cross_entropy", "squared_error"])
def test_float32_stays_float32(read, loss, ids):
    model, params, batch = make("lstm", read, loss, masked=True, ids=ids, dtype=np.float32)
    _, grads = model.gradient(params, batch)
    assert {leaf.dtype for leaf in leaves(params) + leaves(grads)} == {np.dtype(np.float32)}
    assert model.predict(params, batch.x, batch.mask).dtype == np.float32


def test_starting_weights_take_the_cell_s_options():
    params = sequence_model("lstm").init(np.random.default_rng(0), D, H, K, forget_bias=4.0)
    assert params.cell.b_h[H : 2 * H].tolist() == [4.0] * H
    assert params.E is None


def test_the_cell_s_forward_takes_its_options():
    model, params, batch = make("rnn", activation="relu")
    h, _ = model.cell.forward(params.cell, batch.x)
    assert h.min() == 0.0


class TestRefusals:
    def test_the_last_output_of_a_bidirectional_cell(self):
        with pytest.raises(
            ValueError, match=r"the bidirectional rnn has not read the whole .* 'mean' or 'every'"
        ):
            sequence_model(bidirectional.network(cells.cell("rnn")), "last")

    @pytest.mark.parametrize(
        ("settings", "message"),
        [
            ({"kind": "elman"}, "cell must be 'rnn' or"),
            ({"read": "first"}, "read must be 'every' or 'last' or 'mean', but is 'first'"),
            ({"loss": "hinge"}, "loss must be 'cross_entropy' or 'squared_error', but is 'hinge'"),
        ],
    )
    def test_another_name(self, settings, message):
        with pytest.raises(ValueError, match=message):
            sequence_model(**settings)

    def test_scored_steps_where_one_state_is_read(self):
        model, params, batch = make("rnn", "last")
        with pytest.raises(
            ValueError, match="scored chooses steps, but with read='last' each sequence has one loss"
        ):
            model.gradient(params, batch._replace(scored=np.ones((T, B), bool)))

    @pytest.mark.parametrize("loss", ["cross_entropy", "squared_error"])
    def test_a_batch_without_a_scored_step(self, loss):
        model, params, batch = make("rnn", "every", loss)
        with pytest.raises(ValueError, match=r"mask must be True somewhere, but .* Is the mask inverted"):
            model.gradient(params, batch._replace(scored=np.zeros((T, B), bool)))

    def test_targets_of_another_shape(self):
        model, params, batch = make("rnn", "last")
        with pytest.raises(ValueError, match="logits must have the shape"):
            model.gradient(params, batch._replace(targets=np.zeros((T, B), int)))

    def test_ids_beyond_the_table(self):
        model, params, batch = make("rnn", "every", ids=True)
        with pytest.raises(ValueError, match="ids must lie between 0 and K - 1 = 5, but 6 occurs"):
            model.gradient(params, batch._replace(x=batch.x + 6 * (batch.x == 0)))

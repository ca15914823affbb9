"""The shapes on surnames: what is fed, what the loss counts, and that each of them learns."""

from __future__ import annotations

import numpy as np
import pytest

from rnnlab.data.surnames import ALPHABET
from rnnlab.lab import task_shapes as lab
from rnnlab.lab.reading_surnames import LANGUAGES, Names, names
from rnnlab.training.models import sequence_model

SHAPES = (
    lab.one_to_one,
    lab.many_to_one,
    lab.language_at_every_letter,
    lab.one_to_many,
    lab.language_at_every_step,
    lab.next_letter,
    lab.next_letter_alone,
)
THREE = Names(("rossi", "o dea", "li"), np.array([4, 3, 1]))


@pytest.fixture(scope="module")
def split():
    return names(np.random.default_rng(0))


def fed(batch):
    return batch.x.argmax(axis=-1)


def test_one_to_one_is_the_last_letter_alone():
    batch = lab.one_to_one(THREE)
    assert [ALPHABET[k] for k in fed(batch)[0]] == ["i", "a", "i"]
    assert batch.targets.tolist() == [[4, 3, 1]]


def test_many_to_one_counts_the_last_letter_of_each_name_and_no_other_step():
    batch = lab.many_to_one(THREE)
    assert batch.scored.sum(axis=0).tolist() == [1, 1, 1]
    assert batch.scored.argmax(axis=0).tolist() == [4, 4, 1]
    assert (batch.scored & ~batch.mask).sum() == 0


def test_one_to_many_is_fed_the_language_then_the_letters_and_asks_for_the_letter_after_each():
    batch = lab.one_to_many(THREE)
    ids = fed(batch)
    assert ids[0].tolist() == [lab.START + 4, lab.START + 3, lab.START + 1]
    assert "".join(ALPHABET[k] for k in ids[1:, 0]) == "rossi"
    for b, length in enumerate((5, 5, 2)):
        assert batch.targets[:length, b].tolist() == ids[1 : length + 1, b].tolist()
        assert batch.targets[length, b] == lab.END
        assert batch.mask[:, b].sum() == length + 1


def test_the_language_at_every_step_stands_beside_the_letter():
    batch = lab.language_at_every_step(THREE)
    assert (batch.x[:, np.arange(3), lab.START + THREE.language] == 1).all()
    assert batch.x[:, 0].sum(axis=-1).tolist() == [1, 2, 2, 2, 2, 2]


def test_letters_alone_are_the_same_pairs_without_a_past():
    whole, alone = lab.next_letter(THREE), lab.next_letter_alone(THREE)
    assert len(alone.x) == 1
    pairs = zip(fed(whole)[whole.mask], whole.targets[whole.mask], strict=True)
    assert sorted(pairs) == sorted(zip(fed(alone)[0], alone.targets[0], strict=True))


@pytest.mark.parametrize("shape", SHAPES[:-1])
def test_a_longer_name_in_the_batch_does_not_change_what_is_read_of_a_short_one(shape):
    K = lab.END + 1
    params = lab.NETWORK.init(np.random.default_rng(0), lab.TOKENS, 5, K, np.float32)
    short = Names(("li", "vos"), np.array([1, 1]))
    together = Names(("li", "vos", "fitzgerald"), np.array([1, 1, 3]))
    alone = lab.NETWORK.predict(params, shape(short).x, shape(short).mask)
    more = lab.NETWORK.predict(params, shape(together).x, shape(together).mask)
    np.testing.assert_allclose(alone[:2, :2], more[: len(alone), :2][:2], rtol=1e-5)


def test_the_mask_of_the_last_step_gives_the_gradient_of_a_readout_at_the_last_state():
    batch = lab.many_to_one(THREE)
    batch = batch._replace(x=batch.x.astype(float))
    params = lab.NETWORK.init(np.random.default_rng(0), lab.TOKENS, 4, len(LANGUAGES))
    loss, grads = lab.NETWORK.gradient(params, batch)
    last = sequence_model("rnn", read="last")
    expected, expected_grads = last.gradient(params, batch._replace(targets=THREE.language, scored=None))
    assert loss == pytest.approx(expected, rel=1e-14)
    np.testing.assert_allclose(grads.cell.W_hh, expected_grads.cell.W_hh, atol=1e-15)


def test_a_single_step_has_no_gradient_at_the_recurrent_weights():
    params = lab.NETWORK.init(np.random.default_rng(0), lab.TOKENS, 4, len(LANGUAGES), np.float32)
    _, grads = lab.NETWORK.gradient(params, lab.one_to_one(THREE))
    assert not grads.cell.W_hh.any()
    assert grads.cell.W_xh.any()


def test_one_seed_gives_one_network_and_it_learns(split):
    learn, held_out = split
    first, second = (
        lab.train(np.random.default_rng(1), lab.many_to_one, learn, len(LANGUAGES), epochs=3)
        for _ in range(2)
    )
    np.testing.assert_array_equal(first.cell.W_hh, second.cell.W_hh)
    assert lab.accuracy(first, lab.many_to_one(held_out)) > 0.45
    after = lab.accuracy_after(first, held_out, 6)
    assert after.shape == (6,)
    assert lab.last_letter_table(*split) > 0.4


def test_written_names_are_letters_and_are_judged_by_their_language(split):
    learn, held_out = split
    writer = lab.train(np.random.default_rng(0), lab.one_to_many, learn, lab.END + 1, epochs=2)
    asked = np.repeat(np.arange(len(LANGUAGES)), 5)
    for always in (False, True):
        written = lab.write(writer, asked, np.random.default_rng(2), 0.7, always)
        assert len(written) == len(asked)
        assert all(set(name) <= set(ALPHABET) and len(name) <= 20 for name in written)
    assert lab.bits_per_letter(writer, lab.one_to_many(held_out)) < np.log2(30)


def test_an_empty_name_is_never_recognized(split):
    reader = lab.NETWORK.init(np.random.default_rng(0), lab.TOKENS, 4, len(LANGUAGES), np.float32)
    one = lab.recognized(reader, ["rossi"], np.array([4]))
    assert lab.recognized(reader, ["rossi", ""], np.array([4, 4])) == one / 2


def test_a_table_of_pairs_is_between_nothing_and_everything(split):
    assert 3 < lab.pair_counts_bits(*split) < np.log2(30)

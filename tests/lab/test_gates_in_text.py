"""Gates on text: shapes, what a reading is made of, and that training helps."""

import numpy as np
import pytest

from rnnlab.data.text import ALPHABET
from rnnlab.lab import gates_in_text as lab


@pytest.fixture(scope="module")
def reader():
    return lab.train(seed=0, updates=40, H=12)


def test_a_short_training_knows_more_than_nothing(reader):
    assert reader.bits < np.log2(len(ALPHABET)) - 0.5


def test_a_reading_has_gates_and_cells_at_every_letter(reader):
    reading = lab.read(reader)
    n, B = reading.ids.shape
    assert n * B == lab.held_out_letters()
    assert reading.c.shape == (n, B, 12)
    for gate in reading.gates:
        assert gate.shape == (n, B, 12)
    assert 0 <= reading.gates.f.min() <= reading.gates.f.max() <= 1


def test_the_cell_state_is_what_the_gates_make_of_it(reader):
    reading = lab.read_line(reader, "in the beginning")
    i, f, g, _ = reading.gates
    np.testing.assert_allclose(reading.c[1:], f[1:] * reading.c[:-1] + i[1:] * g[1:], atol=1e-5)


def test_means_are_taken_at_spaces_and_at_letters_alone():
    ids = np.array([[ALPHABET.index(letter)] for letter in "a b,"])
    gate = np.array([1.0, 0.2, 3.0, 9.0])[:, np.newaxis, np.newaxis]
    space, letter = lab.at_spaces(gate, ids)
    assert space.tolist() == [0.2]
    assert letter.tolist() == [2.0]


def test_an_equal_seed_gives_equal_weights():
    first, again = (lab.train(seed=1, updates=2, H=4) for _ in range(2))
    np.testing.assert_array_equal(first.params.cell.W_hh, again.params.cell.W_hh)

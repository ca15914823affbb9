"""Spelling to sound with any encoder and decoder: search, scores, alignments and slips."""

from __future__ import annotations

import numpy as np
import pytest

from rnnlab.data.pronunciations import pronunciations
from rnnlab.lab import spelling_to_sound as lab
from rnnlab.lab.pronouncing import END, Word, words
from rnnlab.nets.bidirectional_encoder import bidirectional_encoder
from rnnlab.nets.cells import cell
from rnnlab.nets.decoders import decoder

GRU = cell("gru")
PLAIN = {"encoder": GRU, "decoder": decoder("plain", GRU)}
ATTENTIVE = {"encoder": bidirectional_encoder(GRU), "decoder": decoder("luong", GRU)}
BOX, CAT = Word("box", ("B", "AA", "K", "S")), Word("cat", ("K", "AE", "T"))


@pytest.fixture(scope="module")
def dictionary():
    return pronunciations()


@pytest.fixture(scope="module", params=["plain", "attentive"])
def trained(request, dictionary):
    network = PLAIN if request.param == "plain" else ATTENTIVE
    learn, held_out = words(np.random.default_rng(0), dictionary, 300, 60, longest=4)
    return lab.train(np.random.default_rng(1), learn, network, H=24, epochs=4, rate=1e-2), held_out, network


def test_greedy_search_gives_the_log_probability_of_what_it_says(trained):
    params, held_out, network = trained
    said = lab.greedy(params, held_out, network)
    ended = [place for place, one in enumerate(said) if 0 < len(one.phonemes) < lab.LONGEST - 1]
    chosen = [held_out[place] for place in ended]
    again = lab.log_probability(params, chosen, [said[place].phonemes for place in ended], network)
    assert again == pytest.approx([said[place].log_probability for place in ended], abs=1e-3)


def test_a_beam_of_one_is_greedy_and_a_wider_one_is_more_probable_on_average(trained):
    params, held_out, network = trained
    said = lab.greedy(params, held_out, network)
    assert [one[0].phonemes for one in lab.beam(params, held_out, network, 1)] == [
        one.phonemes for one in said
    ]
    wide = [one[0].log_probability for one in lab.beam(params, held_out, network, 4)]
    assert np.mean(wide) >= np.mean([one.log_probability for one in said])


def test_scores_count_edits_and_whole_words():
    said = [lab.Spoken(BOX.phonemes, 0.0), lab.Spoken(("K", "AE"), 0.0)]
    rate, right = lab.scored(said, [BOX, CAT])
    assert (rate, right) == (pytest.approx(1 / 7), 0.5)
    assert lab.by_length(said, [BOX, CAT], (3,)) == pytest.approx([1 / 7])


def test_a_slip_leaves_the_steps_before_it_as_they_were(trained):
    params, held_out, network = trained
    one, other = (lab.right_after_slip(params, held_out, network, slip, steps=3) for slip in (1, 2))
    assert one[0] == pytest.approx(other[0], abs=0.05)  # words of one phoneme are left out of the second
    assert ((one >= 0) & (one <= 1)).all()


def test_an_alignment_shares_one_among_the_letters(dictionary):
    learn, _ = words(np.random.default_rng(0), dictionary, 60, 0, longest=4)
    params = lab.train(np.random.default_rng(1), learn, ATTENTIVE, H=8, epochs=1)
    weights, rows = lab.alignment(params, "box", BOX.phonemes, ATTENTIVE)
    assert rows == (*BOX.phonemes, "end")
    assert weights.shape == (5, 3)
    assert weights.sum(axis=1) == pytest.approx(np.ones(5), abs=1e-5)


def test_the_effect_of_a_deletion_is_the_fall_of_the_log_probability(trained):
    params, _, network = trained
    effect = lab.deletion_effect(params, "box", BOX.phonemes, network)
    assert effect.shape == (5, 3)
    for j, shorter in enumerate(("ox", "bx", "bo")):
        whole, without = (
            lab.log_probability(params, [Word(letters, BOX.phonemes)], [BOX.phonemes], network)[0]
            for letters in ("box", shorter)
        )
        assert effect[:, j].sum() == pytest.approx(whole - without, abs=1e-3)


def test_the_end_is_the_first_id_that_is_no_phoneme():
    assert lab._phonemes(np.array([0, END, END + 1])) == (lab.PHONEMES[0],)

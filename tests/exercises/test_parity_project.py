"""The references agree with torch's tools, with the course's own, and with what their results must add up to."""

import numpy as np
import pytest
import torch

from rnnlab.exercises.project.bits_per_character import BITS_PER_CHARACTER, bits_per_character
from rnnlab.exercises.project.edit_distance import EDIT_DISTANCE, edit_distance
from rnnlab.exercises.project.encode_names import ENCODE_NAMES, encode_names
from rnnlab.exercises.project.next_character_pairs import NEXT_CHARACTER_PAIRS, next_character_pairs
from rnnlab.exercises.project.precision_recall_f1 import PRECISION_RECALL_F1, precision_recall_f1
from rnnlab.exercises.project.sample_next import SAMPLE_NEXT, sample_next
from rnnlab.exercises.project.temperature_probabilities import (
    TEMPERATURE_PROBABILITIES,
    temperature_probabilities,
)
from rnnlab.lab.pronouncing import edit_distance as of_the_course
from rnnlab.nets import losses
from rnnlab.training.minibatches import streams, windows

SEEDS = range(4)


def drawn(exercise):
    """The arguments of all probes in double precision; float32 agrees with itself only to float32's digits."""
    return [
        probe.arguments
        for seed in SEEDS
        for probe in exercise.probes(np.random.default_rng(seed))
        if "float32" not in probe.traits
    ]


def tensor(array):
    return torch.tensor(np.array(array))


def test_encode_names_is_torchs_padding():
    for names, letters in drawn(ENCODE_NAMES):
        ids, lengths = encode_names(names, letters)
        columns = [torch.tensor([1 + letters.index(letter) for letter in name]) for name in names]
        np.testing.assert_array_equal(ids, torch.nn.utils.rnn.pad_sequence(columns).numpy())
        assert lengths.tolist() == list(map(len, names))


def test_f1_is_the_harmonic_mean_and_the_mean_recall_over_all_examples_the_share_of_right_answers():
    for truth, guess, K in drawn(PRECISION_RECALL_F1):
        precision, recall, f1 = precision_recall_f1(truth, guess, K)
        found = (precision > 0) & (recall > 0)
        np.testing.assert_allclose(1 / f1[found], (1 / precision[found] + 1 / recall[found]) / 2)
        assert not f1[~found].any()
        weighted = recall @ np.bincount(truth, minlength=K) / len(truth)
        assert weighted == pytest.approx(np.mean(truth == guess))


def test_next_character_pairs_are_the_windows_of_the_courses_streams():
    for text_ids, B, T in drawn(NEXT_CHARACTER_PAIRS):
        inputs, targets = next_character_pairs(text_ids, B, T)
        full = [batch for batch in windows(streams(text_ids, B), T) if len(batch.x) == T]
        np.testing.assert_array_equal(inputs, [batch.x for batch in full])
        np.testing.assert_array_equal(targets, [batch.targets for batch in full])


def test_bits_are_torchs_cross_entropy_in_the_courses_unit():
    for log_p, targets, mask in drawn(BITS_PER_CHARACTER):
        real = tensor(mask)
        nats = torch.nn.functional.nll_loss(tensor(log_p)[real], tensor(targets)[real])
        assert bits_per_character(log_p, targets, mask) == pytest.approx(losses.bits(float(nats)))


def test_temperature_probabilities_are_torchs_softmax():
    for logits, temperature in drawn(TEMPERATURE_PROBABILITIES):
        expected = torch.softmax(tensor(logits) / temperature, dim=1)
        np.testing.assert_allclose(
            temperature_probabilities(logits, temperature), expected, rtol=1e-10, atol=1e-14
        )


def test_characters_are_drawn_as_often_as_their_probabilities_say():
    for p, _ in drawn(SAMPLE_NEXT):
        row = p[:1] / p[:1].sum()
        u = (np.arange(10_000) + 0.5) / 10_000
        ids = sample_next(np.repeat(row, len(u), axis=0), u)
        np.testing.assert_allclose(np.bincount(ids, minlength=len(row[0])) / len(u), row[0], atol=2e-4)


def test_the_edit_distance_is_that_of_the_course():
    for a, b in drawn(EDIT_DISTANCE):
        assert edit_distance(a, b) == of_the_course(a, b)

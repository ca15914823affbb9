"""The functions of `activations_losses`, written in other styles."""

import numpy as np


def relu_by_maximum(a):
    return np.maximum(a, 0)


def relu_by_absolute_value(a):
    return (a + np.abs(a)) / 2


def sigmoid_as_written(a):
    with np.errstate(over="ignore"):  # 1/∞ is 0, as it should be
        return 1 / (1 + np.exp(-a))


def sigmoid_by_tanh(a):
    return 0.5 + 0.5 * np.tanh(0.5 * a)


def sigmoid_by_sign(a):
    h = np.empty_like(a)
    positive = a > 0
    h[positive] = 1 / (1 + np.exp(-a[positive]))
    grown = np.exp(a[~positive])
    h[~positive] = grown / (1 + grown)
    return h


def d_tanh_by_factors(h):
    return (1 - h) * (1 + h)


def d_tanh_by_power(h):
    return 1.0 - np.power(h, 2)


def d_sigmoid_by_square(h):
    return h - h**2


def d_sigmoid_around_one_half(h):
    return 0.25 - (h - 0.5) ** 2


def d_relu_by_where(h):
    return np.where(h > 0, 1.0, 0.0)


def d_relu_by_sign(h):
    return np.sign(h)


SOLUTIONS = {
    "relu": (relu_by_maximum, relu_by_absolute_value),
    "sigmoid": (sigmoid_as_written, sigmoid_by_tanh, sigmoid_by_sign),
    "d_tanh": (d_tanh_by_factors, d_tanh_by_power),
    "d_sigmoid": (d_sigmoid_by_square, d_sigmoid_around_one_half),
    "d_relu": (d_relu_by_where, d_relu_by_sign),
}

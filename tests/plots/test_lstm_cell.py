"""The drawing of an LSTM's step: every vector of the equations is named in it."""

from rnnlab.plots.lstm_cell import lstm_step
from rnnlab.plots.style import new_axes


def texts(figure):
    return [text.get_text() for text in figure.axes[0].texts]


def test_all_vectors_of_the_equations_are_named():
    drawn = " ".join(texts(lstm_step()))
    for name in ("c_{t-1}", "c_t", "h_{t-1}", "x_t", "h_t", "i_t", "f_t", "g_t", "o_t"):
        assert name in drawn


def test_three_sigmoids_two_tanhs_three_products_and_one_sum():
    drawn = texts(lstm_step())
    assert [drawn.count(text) for text in (r"$\sigma$", r"$\tanh$", r"$\odot$", "$+$")] == [3, 2, 3, 1]


def test_it_draws_on_given_axes():
    figure, axes = new_axes()
    assert lstm_step(axes) is figure

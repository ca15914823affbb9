"""readout: the logits y_t = W_hy h_t + b_y at every step."""

from __future__ import annotations

from rnnlab.exercises.draw import Scene, probes_from
from rnnlab.exercises.spec import Exercise, Hints, Mistake, Result


def readout(h, W_hy, b_y):
    y = h @ W_hy.T + b_y
    return y  # noqa: RET504 — mistakes change this line


MISTAKES = (
    Mistake(
        name="no_bias",
        summary="the bias b_y is missing",
        tag="dropped term",
        hints=Hints(
            where="Which of the three arguments does your function never use?",
            idea=(
                "The readout is an affine map: product plus bias (chapter hidden-state, “One equation, "
                "every shape”)."
            ),
            fix="Add `+ b_y` to the product.",
        ),
        edits=((" + b_y", ""),),
    ),
    Mistake(
        name="bias_subtracted",
        summary="the bias b_y is subtracted",
        tag="sign",
        hints=Hints(
            where="Which sign stands before `b_y`?",
            idea="The readout is y_t = W_hy h_t + b_y (chapter hidden-state, “One equation, every shape”).",
            fix="Write `+ b_y`.",
        ),
        edits=(("+ b_y", "- b_y"),),
    ),
    Mistake(
        name="bias_twice",
        summary="the bias b_y is added twice",
        tag="repeated term",
        hints=Hints(
            where="How often does `b_y` reach your sum?",
            idea=(
                "The readout is y_t = W_hy h_t + b_y, with one bias (chapter hidden-state, “One "
                "equation, every shape”)."
            ),
            fix="Add `b_y` once.",
        ),
        edits=(("+ b_y", "+ 2 * b_y"),),
    ),
    Mistake(
        name="transposed_weight",
        summary="h is multiplied by W_hy where its transpose is wanted",
        tag="transposed",
        hints=Hints(
            where="h ends in H and W_hy is (K, H). Which two sizes must be equal in `h @ …`?",
            idea=(
                "Weights are (out, in), and vectors are rows: row vector times W.T (chapter hidden-state, "
                "“One equation, every shape”)."
            ),
            fix="Write `h @ W_hy.T`: (T, B, H) times (H, K) is (T, B, K).",
        ),
        edits=(("W_hy.T", "W_hy"),),
    ),
    Mistake(
        name="softmax_applied",
        summary="softmax is applied: these are probabilities, and logits are wanted",
        tag="activation",
        hints=Hints(
            where="Do the K numbers at each step of your result sum to 1?",
            idea=(
                "The readout gives logits; softmax belongs to the loss, or it would be applied "
                "twice (chapter losses)."
            ),
            fix="Return the affine map itself, without softmax.",
        ),
        edits=(
            (
                "return y",
                "e = np.exp(y - y.max(-1, keepdims=True))\n    return e / e.sum(-1, keepdims=True)",
            ),
        ),
    ),
    Mistake(
        name="tanh_applied",
        summary="tanh is applied to the logits",
        tag="activation",
        hints=Hints(
            where="Can your logits be larger than 1?",
            idea=(
                "tanh keeps the state in bounds; logits are free to take any value (chapter hidden-state, "
                "“One equation, every shape”)."
            ),
            fix="Return the affine map itself, without tanh.",
        ),
        edits=(("return y", "return np.tanh(y)"),),
    ),
    Mistake(
        name="sigmoid_applied",
        summary="the sigmoid is applied to the logits",
        tag="activation",
        hints=Hints(
            where="Can your logits be negative?",
            idea=(
                "Logits are free to take any value; what makes probabilities of them belongs to "
                "the loss (chapter losses)."
            ),
            fix="Return the affine map itself, without the sigmoid.",
        ),
        edits=(("return y", "return 1 / (1 + np.exp(-y))"),),
    ),
    Mistake(
        name="class_chosen",
        summary="the number of the largest logit is returned, and not the logits",
        tag="wrong result",
        hints=Hints(
            where="What is the last axis of your result: is there one of size K?",
            idea=(
                "Logits say how strongly each class is favored; choosing one comes later (chapter "
                "hidden-state, “One equation, every shape”)."
            ),
            fix="Leave out `argmax`.",
        ),
        edits=(("return y", "return np.argmax(y, axis=-1)"),),
    ),
    Mistake(
        name="last_step_only",
        summary="only the last step is read out",
        tag="wrong result",
        hints=Hints(
            where="How many axes does your result have, and how many does `h` have?",
            idea=(
                "Here every state is read out: many-to-many. Many-to-one would take the last (chapter "
                "task-shapes)."
            ),
            fix="Use all of `h`, without `[-1]`: `@` works on the last axis and keeps the others.",
        ),
        edits=(("h @ W_hy.T", "h[-1] @ W_hy.T"),),
    ),
    Mistake(
        name="mean_over_time",
        summary="the logits are averaged over time",
        tag="reduction",
        hints=Hints(
            where="How many axes does your result have, and how many does `h` have?",
            idea=(
                "Every state is read out, each into its own K logits (chapter hidden-state, “One "
                "equation, every shape”)."
            ),
            fix="Leave out the mean over axis 0.",
        ),
        edits=(("return y", "return y.mean(axis=0)"),),
    ),
    Mistake(
        name="batch_first",
        summary="batch and time are exchanged, (B, T, K)",
        tag="axes",
        hints=Hints(
            where="Compare `h.shape` with your result's shape. Which axis is T in each?",
            idea=(
                "Sequences are time-first here, (T, B, K), unlike in some libraries (chapter hidden-state, "
                "“One equation, every shape”)."
            ),
            fix="Leave the axes of `h` in their order: `h @ W_hy.T` already has the right ones.",
        ),
        edits=(("return y", "return y.swapaxes(0, 1)"),),
    ),
)


def arguments(scene: Scene):
    h = scene.values(scene.T, scene.B, scene.H)
    return h, scene.weight(scene.K, scene.H), scene.state(scene.K)


READOUT = Exercise(
    name="hidden_state.readout",
    reference=readout,
    probes=probes_from("TBHK", arguments),
    results=(Result("y", ("T", "B", "K")),),
    points=2,
    chapter="hidden-state",
    mistakes=MISTAKES,
)

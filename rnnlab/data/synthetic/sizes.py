"""The doors of the synthetic tasks: sizes for which there is no such task are refused."""

from __future__ import annotations

from string import ascii_lowercase

from rnnlab.nets.door import expect_sizes


def expect_at_least(name: str, value: int, least: int, reason: str) -> None:
    """Refuse a size below the least one for which the task exists.

    Raises: ValueError.

    >>> expect_at_least("T", 1, 2, "two bits and then the question")
    Traceback (most recent call last):
    ValueError: T must be at least 2 (two bits and then the question), but is 1.
    """
    expect_sizes(**{name: value})
    if value < least:
        raise ValueError(f"{name} must be at least {least} ({reason}), but is {value}.")


def expect_positive(name: str, value: float) -> None:
    """Refuse a number that is not positive and finite.

    Raises: ValueError.

    >>> expect_positive("noise", 0.0)
    Traceback (most recent call last):
    ValueError: noise must be positive and finite, but is 0.0.
    """
    if not 0 < value < float("inf"):
        raise ValueError(f"{name} must be positive and finite, but is {value!r}.")


def letters(K: int, least: int = 2) -> tuple[str, ...]:
    """The first K letters, as symbols.

    Raises: ValueError unless K lies between `least` and 26.

    >>> letters(3)
    ('a', 'b', 'c')
    """
    expect_at_least("K", K, least, "with fewer symbols there is nothing to tell apart")
    if len(ascii_lowercase) < K:
        raise ValueError(f"K must be at most 26, the number of letters, but is {K}.")
    return tuple(ascii_lowercase[:K])

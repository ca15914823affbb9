"""One table of the course's data sets: what they are, how large, whose, and under which licence."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Dataset:
    """A data set that some installed package brings."""

    name: str
    what: str
    size: str
    package: str
    licence: str
    source: str


DATASETS = (
    Dataset(
        name="surnames",
        what="Surnames in ten languages, in the Latin alphabet",
        size="9,657 names",
        package="Faker",
        licence="MIT",
        source="Lists in Faker's providers, compiled by its contributors from census tables and public name lists",
    ),
)

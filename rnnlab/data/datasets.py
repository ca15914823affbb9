"""One table of the course's real data sets: what they are, how large, where from, and under which license."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Dataset:
    """A data set that an installed package brings: `loader` is where its function lives, `extra` what installs it."""

    name: str
    description: str
    size: str
    license: str
    source: str
    package: str
    extra: str
    loader: str


DATASETS = (
    Dataset(
        name="surnames",
        description="Surnames in 18 languages, in the Latin alphabet",
        size="16,754 surnames",
        license="MIT",
        source="Compiled by Faker's contributors from census tables, Wikipedia, Wiktionary and national statistics",
        package="Faker 40.54.0",
        extra="data",
        loader="rnnlab.data.surnames.surnames",
    ),
)

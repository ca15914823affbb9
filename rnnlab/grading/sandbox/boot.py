"""The program that the controller executes: a clean Python that knows of rnnlab only this folder.

It is run by path, and the packages above this folder are stand-ins, so that no `__init__.py` of the grader, of the
checks or of the exercises runs in a process that will execute a student's code.
"""

import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

SANDBOX = Path(__file__).resolve().parent
PACKAGE = SANDBOX.parent.parent


def stand_in(name: str, folder: Path) -> ModuleType:
    """Register an empty package that finds its modules in `folder`."""
    module = ModuleType(name)
    module.__path__ = [str(folder)]
    sys.modules[name] = module
    parent, _, child = name.rpartition(".")
    if parent:
        setattr(sys.modules[parent], child, module)
    return module


def load_top(folder: Path) -> None:
    """Load the top of the package from `folder`, wherever else Python would find one; it imports nothing itself."""
    spec = spec_from_file_location("rnnlab", folder / "__init__.py", submodule_search_locations=[str(folder)])
    if spec is None or spec.loader is None:
        raise ImportError(f"{folder} is not the folder of the package rnnlab")
    sys.modules["rnnlab"] = module = module_from_spec(spec)
    spec.loader.exec_module(module)


if __name__ == "__main__":
    load_top(PACKAGE)
    stand_in("rnnlab.grading", SANDBOX.parent)
    stand_in("rnnlab.grading.sandbox", SANDBOX)
    from rnnlab.grading.sandbox.zygote import main

    main(control_descriptor=int(sys.argv[1]), package=PACKAGE)

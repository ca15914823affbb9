"""Hold every page to its budget of execution time, which `book/budgets.yml` lists.

The time is CPU time: that of the page's kernel and of its children. On a busy machine the same page takes longer by the
clock, and that is nobody's fault. jupyter-cache keeps the time with the executed cells, so a page that was not executed
in this build is held to its budget too.
"""

from __future__ import annotations

import resource
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import yaml
from jupyter_cache import get_cache
from myst_nb.core.execute import cache as execution
from myst_nb.sphinx_ import NbMetadataCollector
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.errors import ExtensionError
from sphinx.util import logging

logger = logging.getLogger(__name__)

FILE = "budgets.yml"
HARD = 60.0


@dataclass(frozen=True)
class Budgets:
    """Seconds of CPU time: those of a page that is not listed, and those of the listed ones."""

    default: float
    pages: dict[str, float]

    def of(self, page: str) -> float:
        return self.pages.get(page, self.default)


def load(path: Path) -> Budgets:
    """Read the file. Raises: ValueError for a budget above the hard limit."""
    given = yaml.safe_load(path.read_text(encoding="utf-8"))
    budgets = Budgets(given["default"], given.get("pages") or {})
    for page, seconds in (("default", budgets.default), *budgets.pages.items()):
        if not 0 < seconds <= HARD:
            raise ValueError(
                f"{path.name}: the budget of {page} is {seconds} s; no page may have more than {HARD:.0f} s"
            )
    return budgets


def cpu_time_of_children() -> float:
    """CPU seconds of the children that have ended, and of theirs."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def timed(execute: Callable) -> Callable:
    """`execute` with the CPU time of the kernel, which has ended by then, in place of the time by the clock."""

    def run(*arguments, **options):
        before = cpu_time_of_children()
        result = execute(*arguments, **options)
        result.time = cpu_time_of_children() - before
        return result

    run.measures_cpu_time = True
    return run


def over_budget(taken: Iterable[tuple[str, float]], budgets: Budgets) -> dict[str, str]:
    """For each page over its budget, what to say."""
    return {
        page: f"executing the page took {seconds:.1f} s of CPU time, and its budget in book/{FILE} is "
        f"{budgets.of(page):g} s. Make its experiments smaller; no budget may exceed {HARD:.0f} s."
        for page, seconds in taken
        if seconds > budgets.of(page)
    }


def times(env: BuildEnvironment) -> list[tuple[str, float]]:
    """The execution time of every page that has cells."""
    data = ((page, NbMetadataCollector.get_exec_data(env, page)) for page in sorted(env.found_docs))
    return [(page, result["runtime"]) for page, result in data if result and result["runtime"] is not None]


def check(app: Sphinx, env: BuildEnvironment) -> None:
    """Warn of every page over its budget, and forget its execution, so that the next build measures it again."""
    try:
        budgets = load(Path(app.srcdir) / "book" / FILE)
    except ValueError as error:
        raise ExtensionError(str(error)) from error
    complaints = over_budget(times(env), budgets)
    if not complaints:
        return
    cache = get_cache(app.config.nb_execution_cache_path)
    for page, complaint in complaints.items():
        logger.warning(complaint, location=page)
        for record in cache.list_cache_records():
            if record.uri == str(env.doc2path(page)):
                cache.remove_cache(record.pk)


def setup(app: Sphinx) -> dict:
    if not hasattr(execution.single_nb_execution, "measures_cpu_time"):
        execution.single_nb_execution = timed(execution.single_nb_execution)
    app.connect("env-updated", check)
    return {"parallel_read_safe": True, "parallel_write_safe": True}

"""Execute the pages that changed side by side, before Sphinx reads the pages one after another.

MyST-NB executes a page when Sphinx comes to it, so that all but one of the machine's cores wait. Here the pages that
jupyter-cache does not know run first, one process for each core, and their outputs go into that cache; MyST-NB then
finds them there. A page that fails is left out of the cache, so MyST-NB executes it again and reports it as ever.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import suppress
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import assignment_pages
import budgets
import execution_key
from jupyter_cache import get_cache
from jupyter_cache.base import CacheBundleIn
from jupyter_cache.cache.main import JupyterCacheBase
from jupyter_cache.executors.utils import ExecutionResult, single_nb_execution
from myst_nb.core.read import create_nb_reader
from nbformat import NotebookNode
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from tqdm import tqdm


class Page(NamedTuple):
    """A page whose cells must run."""

    name: str
    path: Path
    notebook: NotebookNode


def unexecuted(
    app: Sphinx, env: BuildEnvironment, names: list[str], cache: JupyterCacheBase
) -> Iterator[Page]:
    """Of these pages, those with cells whose outputs the cache does not hold."""
    for name in names:
        path = Path(env.doc2path(name))
        if path.suffix != ".md":
            continue
        with suppress(SyntaxError, ValueError):  # such a page is MyST-NB's to complain about
            text, _ = assignment_pages.expanded(path.read_text(encoding="utf-8"), Path(app.srcdir))
            text, _ = execution_key.with_named_kernel(text, Path(app.srcdir))
            reader = create_nb_reader(str(path), env.myst_config, env.mystnb_config, text)
            notebook = reader and reader.read(text)
            if notebook and any(cell.cell_type == "code" for cell in notebook.cells):
                try:
                    cache.match_cache_notebook(notebook)
                except KeyError:
                    yield Page(name, path, notebook)


def execute(page: Page, in_temporary_folder: bool, timeout: int) -> ExecutionResult:
    """Run the page's cells in a kernel of their own; `time` is its CPU time."""
    with TemporaryDirectory() as scratch:
        cwd = scratch if in_temporary_folder else str(page.path.parent)
        return budgets.timed(single_nb_execution)(page.notebook, cwd=cwd, timeout=timeout, allow_errors=False)


def keep(cache: JupyterCacheBase, page: Page, result: ExecutionResult) -> None:
    record = cache.add_nb_to_project(str(page.path), read_data={"type": "plugin", "name": "myst_nb_md"})
    bundle = CacheBundleIn(result.nb, record.uri, data={"execution_seconds": result.time})
    cache.cache_notebook_bundle(bundle, check_validity=False, overwrite=True)


def execute_ahead(app: Sphinx, env: BuildEnvironment, names: list[str]) -> None:
    """Execute what must be executed, with a progress bar, as many pages at a time as there are cores."""
    cache = get_cache(app.config.nb_execution_cache_path)
    pages = list(unexecuted(app, env, names, cache))
    workers = min(len(pages), os.cpu_count() or 1)
    if workers < 2:
        return
    config = env.mystnb_config
    bar = tqdm(total=len(pages), desc="Executing pages", unit="page", file=sys.stdout)
    with bar, ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        running = {
            pool.submit(execute, page, config.execution_in_temp, config.execution_timeout): page
            for page in pages
        }
        for future in as_completed(running):
            page, result = running[future], future.result()
            bar.set_postfix_str(f"{page.name} {result.time:.0f} s")
            bar.update()
            if result.err is None:
                keep(cache, page, result)


def setup(app: Sphinx) -> dict:
    app.connect("env-before-read-docs", execute_ahead)
    return {"parallel_read_safe": True, "parallel_write_safe": True}

"""The IPython shell that runs a student's cells, with its outputs recorded and its history off."""

from __future__ import annotations

import sys
from contextlib import nullcontext
from typing import Any

from IPython.core.async_helpers import get_asyncio_loop
from IPython.core.compilerop import CachingCompiler
from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.error import UsageError
from IPython.core.formatters import DisplayFormatter
from IPython.core.inputtransformer2 import leading_empty_lines
from IPython.core.interactiveshell import InteractiveShell
from traitlets import Type
from traitlets.config import Config

from .recording import KEPT_TYPES, RecordedStream, Recorder

_COSMETIC_MAGICS = {
    "matplotlib",
    "config",
    "load_ext",
    "reload_ext",
    "autoreload",
    "pylab",
    "gui",
    "pip",
    "conda",
}


class CellCompiler(CachingCompiler):
    """Names each cell's code `<cell N>` and keeps the cell as the student wrote it."""

    def __init__(self) -> None:
        super().__init__()
        self.sources: dict[str, str] = {}

    def get_code_name(self, raw_code: str, transformed_code: str, number: int) -> str:
        name = f"<cell {number}>"
        self.sources[name] = raw_code
        return name


class RecordingHook(DisplayHook):
    """Records the value of a cell's last expression."""

    shell: GraderShell

    def write_output_prompt(self) -> None:
        pass

    def write_format_data(self, format_dict, md_dict=None) -> None:
        self.shell.recorder.display("execute_result", format_dict, execution_count=self.prompt_count)

    def log_output(self, format_dict) -> None:
        pass

    def finish_displayhook(self) -> None:
        self._is_active = False


class RecordingPublisher(DisplayPublisher):
    """Records what `display` shows."""

    shell: GraderShell

    def publish(self, data, metadata=None, *arguments, **options) -> None:
        self.shell.recorder.display("display_data", data)

    def clear_output(self, wait=False) -> None:
        self.shell.recorder.outputs.clear()


class GraderShell(InteractiveShell):
    """An IPython shell without terminal, history, colors or the operating system's shell."""

    compiler_class = Type(CellCompiler)
    displayhook_class = Type(RecordingHook)
    display_pub_class = Type(RecordingPublisher)

    def __init__(self, **options: Any) -> None:
        self.recorder = Recorder(limit=0)
        self.streams = {name: RecordedStream(name, lambda: self.recorder) for name in ("stdout", "stderr")}
        super().__init__(**options)
        DisplayFormatter.active_types.set(self.display_formatter, list(KEPT_TYPES))
        # Python compiles leading empty lines well, and line numbers stay those of the cell.
        self.input_transformer_manager.cleanup_transforms.remove(leading_empty_lines)

    @property
    def sources(self) -> dict[str, str]:
        """Each cell as the student wrote it, by its code's file name."""
        return self.compile.sources  # pyright: ignore[reportAttributeAccessIssue]

    def run_recorded(self, source: str, limit: int) -> tuple[list[dict[str, Any]], BaseException | None]:
        """Run a cell; return its outputs and the exception that ended it."""
        self.record(limit)
        result = self.run_cell(source, store_history=True)
        return self.recorder.finished(), result.error_before_exec or result.error_in_exec

    def record(self, limit: int) -> None:
        """Start a new record, whatever the student made of the streams."""
        self.recorder = Recorder(limit)
        sys.stdout, sys.stderr = self.streams["stdout"], self.streams["stderr"]

    def _tee(self, channel):
        # IPython would keep a second copy of all output in its history, without bound.
        return nullcontext()

    def _showtraceback(self, etype, evalue, stb) -> None:
        from .describing import message_of, name_of

        self.recorder.error(name_of(etype), message_of(evalue), stb)

    def run_line_magic(self, magic_name, line, _stack_depth=1):
        if magic_name == "matplotlib":
            return None  # MPLBACKEND already names the inline backend; importing it here would cost every notebook.
        try:
            return super().run_line_magic(magic_name, line, _stack_depth + 1)
        except Exception as error:
            if magic_name not in _COSMETIC_MAGICS and not isinstance(error, UsageError):
                raise
            print(f"%{magic_name} was skipped: {error}", file=sys.stderr)
            return None

    def ask_exit(self) -> None:
        """Let `exit` and `quit` do nothing: the cells after them are graded too."""

    def system(self, cmd) -> None:
        print("The grader has no operating-system shell; this line was skipped.", file=sys.stderr)

    system_piped = system_raw = system

    def getoutput(self, cmd, split=True, depth=0):
        self.system(cmd)
        return [] if split else ""


def make_shell() -> GraderShell:
    """Return the shell, used once so that its first real cell is quick."""
    configuration = Config()
    configuration.HistoryManager.enabled = False
    shell = GraderShell.instance(config=configuration, colors="nocolor", xmode="Plain")
    # Each kind of cell once: what IPython and asyncio import late is then shared by all submissions.
    for source in ("\nimport math\n%time 1\nmath.pi", "1/0", "def", "await undefined"):
        shell.run_recorded(source, limit=10_000)
    get_asyncio_loop().close()  # Its descriptors do not survive the fork; the next use makes a new loop.
    shell.reset(new_session=True)
    sys.breakpointhook = _go_on
    return shell


def _go_on(*arguments: Any, **options: Any) -> None:
    """What `breakpoint()` does where nobody can debug: a line that was left behind costs nothing."""

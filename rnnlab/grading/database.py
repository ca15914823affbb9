"""Look at the gradebook's database before anything is graded: is it there, and is it whole?

SQLite in the course's folder is the default. PostgreSQL is asked for by nbgrader's own setting:
`c.CourseDirectory.db_url = "postgresql+psycopg://name@host/gradebook"`.
"""

from __future__ import annotations

from nbgrader.api import Base
from sqlalchemy import Engine, create_engine, inspect
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, SQLAlchemyError
from sqlalchemy.pool import NullPool

from rnnlab.grading.course import CourseError

DEFAULT = "sqlite:///gradebook.db"
SECONDS = 5
"""How long to wait for a server's answer, or for another program to let go of an SQLite file."""


class GradebookUnavailable(CourseError):
    """The gradebook cannot be used; the message says why, and what to do next."""


def require(db_url: str) -> None:
    """Raise `GradebookUnavailable` unless the gradebook can be reached and read; one that is new, or busy, is fine."""
    url = _parsed(db_url)
    engine = _engine(url)
    try:
        missing = _missing_columns(engine)
    except SQLAlchemyError as error:
        if not _busy(error):
            raise GradebookUnavailable(complaint(error, _shown(url))) from error
        missing = []
    finally:
        engine.dispose()
    if missing:
        raise GradebookUnavailable(
            f"the gradebook {_shown(url)} was made by an older nbgrader (it has no {missing[0]}); "
            "copy it somewhere safe, then run `nbgrader db upgrade`"
        )


def complaint(error: SQLAlchemyError, shown: str = "") -> str:
    """One sentence from the database's first line, and the next step; `shown` is the gradebook's address."""
    if isinstance(error, ArgumentError):
        return (
            f"db_url in nbgrader_config.py is not a database's address ({error}); the default is {DEFAULT!r}"
        )
    lines = str(getattr(error, "orig", None) or error).strip().splitlines()
    reason = lines[0].strip() if lines else type(error).__name__
    if _busy(error):
        step = (
            "close the program that is writing into it (formgrader, another `rnnlab autograde`) and try again"
        )
    elif "connection" in reason:
        step = "start the server, or correct db_url in nbgrader_config.py"
    else:
        step = "see that the file is whole, and that it and its folder can be written"
    return f"the gradebook{shown and ' '}{shown} cannot be used: {reason}; {step}"


def _busy(error: SQLAlchemyError) -> bool:
    """Whether another program holds the SQLite file; the writer waits for it, though not for ever."""
    return "database is locked" in str(getattr(error, "orig", ""))


def _parsed(db_url: str) -> URL:
    try:
        return make_url(db_url)
    except ArgumentError as error:
        raise GradebookUnavailable(complaint(error)) from error


def _engine(url: URL) -> Engine:
    wait = "timeout" if url.get_backend_name() == "sqlite" else "connect_timeout"
    try:
        return create_engine(url, poolclass=NullPool, connect_args={wait: SECONDS})
    except (ModuleNotFoundError, NoSuchModuleError) as error:
        extra = "pip install 'rnnlab[postgresql]'" if url.get_backend_name() == "postgresql" else "install it"
        raise GradebookUnavailable(
            f"the gradebook {_shown(url)} needs a Python driver that is missing ({error}); {extra}"
        ) from error


def _missing_columns(engine: Engine) -> list[str]:
    """The columns that nbgrader expects and an older gradebook lacks; a database without tables is a new one."""
    columns = inspect(engine).get_multi_columns()
    found = {name: {column["name"] for column in some} for (_, name), some in columns.items()}
    return [
        f"{table.name}.{column.name}"
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if found and column.name not in found.get(table.name, ())
    ]


def _shown(url: URL) -> str:
    """The address without its password."""
    return url.render_as_string(hide_password=True)

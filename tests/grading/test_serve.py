"""`make serve` shows the site, the reports and the feedback pages, and nothing else of the course."""

from __future__ import annotations

import threading
import urllib.error
import urllib.request

import pytest

from rnnlab.grading.course import CourseError
from rnnlab.grading.serve import make_server


@pytest.fixture
def root(tmp_path):
    for path in (
        "_build/html/index.html",
        "reports/x.html",
        "feedback/ada/x/x.html",
        "solutions/x/x.md",
        "gradebook.db",
        "_build/x.txt",
    ):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(path)
    return tmp_path


@pytest.fixture
def get(root):
    server = make_server(root, 0)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()

    def fetch(path: str) -> str:
        with urllib.request.urlopen(f"http://127.0.0.1:{server.server_address[1]}{path}") as reply:
            return reply.read().decode()

    yield fetch
    server.shutdown()
    server.server_close()
    thread.join()


def test_site_reports_and_feedback_are_served(get):
    assert get("/") == "_build/html/index.html"
    assert get("/reports/x.html") == "reports/x.html"
    assert get("/feedback/ada/x/x.html") == "feedback/ada/x/x.html"
    assert get("/_build/html/index.html") == "_build/html/index.html", "as feedback pages name the site"


@pytest.mark.parametrize(
    "path",
    [
        "/solutions/x/x.md",
        "/gradebook.db",
        "/reports/../gradebook.db",
        "/_build/html/../../gradebook.db",
        "/_build/x.txt",
        "/reports/%2e%2e/gradebook.db",
        "/feedback/..%2fgradebook.db",
        "//gradebook.db",
        "/../gradebook.db",
    ],
)
def test_the_rest_of_the_course_is_not(get, path):
    with pytest.raises(urllib.error.HTTPError) as error:
        get(path)
    assert error.value.code == 404
    error.value.close()


def test_a_port_in_use_names_another(root):
    with make_server(root, 0) as server:
        port = server.server_address[1]
        with pytest.raises(CourseError, match=f"port {port} is in use.*PORT={port + 1}"):
            make_server(root, port)


def test_without_a_site_the_next_step_is_named(tmp_path):
    with pytest.raises(CourseError, match="make course"):
        make_server(tmp_path, 0)

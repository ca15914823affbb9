"""A headless Chromium and the built site on a loopback port. Both are missing loudly."""

from __future__ import annotations

import functools
import http.server
import json
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
)
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
DRIVER = shutil.which("chromedriver")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in Path(item.path).parents:
            item.add_marker(pytest.mark.browser)
            if CHROMIUM is None or DRIVER is None:
                reason = (
                    "NOT TESTED in a browser: install chromium and chromedriver (Debian: chromium-driver)"
                )
                item.add_marker(pytest.mark.skip(reason=reason))


@pytest.fixture(scope="session")
def site(course_root) -> Path:
    """The folder of the built site, brought up to date by the command that `make site` runs."""
    command = [sys.executable, str(course_root / "book" / "build.py")]
    done = subprocess.run(command, cwd=course_root, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return course_root / "_build" / "html"


class Quiet(http.server.SimpleHTTPRequestHandler):
    """Serve files without a line on the terminal for each."""

    def log_message(self, *args: Any) -> None:
        pass


@pytest.fixture(scope="session")
def address(site) -> Iterator[str]:
    """Where the site is served, on a free port of the loopback address."""
    handler = functools.partial(Quiet, directory=str(site))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        thread.join()


@dataclass
class Browser:
    """Chromium, with what the tests ask of it."""

    driver: Any
    address: str

    def open(self, page: str, width: int = 1280, scheme: str = "light") -> None:
        """Open a page of the site in a window of this width, for a reader who prefers this color scheme."""
        metrics = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 600}
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
        features = [{"name": "prefers-color-scheme", "value": scheme}]
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})
        self.driver.get(f"{self.address}/{page}")

    def run(self, script: str) -> Any:
        return self.driver.execute_script(script)

    def requested(self) -> set[str]:
        """Every address that was requested since this was last asked."""
        messages = (json.loads(entry["message"])["message"] for entry in self.driver.get_log("performance"))
        return {m["params"]["request"]["url"] for m in messages if m["method"] == "Network.requestWillBeSent"}

    def errors(self) -> list[str]:
        """What the console said at the level of an error since this was last asked."""
        return [entry["message"] for entry in self.driver.get_log("browser") if entry["level"] == "SEVERE"]


@pytest.fixture(scope="session")
def browser(address, tmp_path_factory) -> Iterator[Browser]:
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service

    options = webdriver.ChromeOptions()
    options.binary_location = CHROMIUM
    for flag in (*FLAGS, f"--user-data-dir={tmp_path_factory.mktemp('profile')}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"performance": "ALL", "browser": "ALL"})
    driver = webdriver.Chrome(options=options, service=Service(DRIVER))
    try:
        yield Browser(driver, address)
    finally:
        driver.quit()

"""A real browser without a window, that reaches nothing but files and this machine."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from selenium import webdriver
from selenium.webdriver.chrome.service import Service

OPTIONS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--no-default-browser-check",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-extensions",
    "--proxy-server=127.0.0.1:9",  # whatever is asked for from elsewhere fails at once
    "--proxy-bypass-list=<-loopback>",
)

Browser = webdriver.Chrome


@pytest.fixture(scope="session")
def started(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """One for all tests: its start takes a second."""
    options = webdriver.ChromeOptions()
    options.binary_location = shutil.which("chromium") or pytest.fail("chromium is missing: see ./dev test")
    for each in (*OPTIONS, f"--user-data-dir={tmp_path_factory.mktemp('profile')}"):
        options.add_argument(each)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    driver = webdriver.Chrome(options, Service(shutil.which("chromedriver") or "chromedriver"))
    driver.set_page_load_timeout(60)
    yield driver
    driver.quit()


@pytest.fixture
def browser(started: Browser) -> Iterator[Browser]:
    """A wide window with light colours and scripts, after which no script may have failed."""
    look(started)
    started.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})
    started.get("about:blank")
    started.get_log("browser")
    started.get_log("performance")
    yield started
    assert started.get_log("browser") == []


def look(browser: Browser, *, dark: bool = False, width: int = 1200, height: int = 900) -> None:
    """How the reader's window is."""
    feature = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "", "features": [feature]})
    size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)


@pytest.fixture
def shown(browser: Browser, tmp_path: Path) -> Callable[[str], Browser]:
    """Opens a page."""

    def show(page: str) -> Browser:
        file = tmp_path / "report.html"
        file.write_text(page, encoding="utf-8")
        browser.get(file.as_uri())
        return browser

    return show

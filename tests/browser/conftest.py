"""What the browser tests share: the small world served on loopback, a worker, and Chromium.

Pages may ask nothing of the outside: a request to anywhere but our own server fails the test, and
so do an error in the page's console and an answer that the strict policy blocked.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import (
    Browser,
    ConsoleMessage,
    Page,
    Request,
    ViewportSize,
    sync_playwright,
)
from sqlalchemy import select, update
from sqlalchemy.orm import Session
from werkzeug.serving import WSGIRequestHandler, make_server

from tests import debian, journeys
from tracker import jobs
from tracker.models.people import User
from tracker.models.work import Job
from tracker.web import context, create_app
from tracker.web.passwords import hashed

PASSWORD = "示例口令-2026-abc"  # noqa: S105  a made-up world's
WIDE: ViewportSize = {"width": 1280, "height": 900}
NARROW: ViewportSize = {"width": 390, "height": 844}
PATIENCE_MS = 20_000
ARGUMENTS = ("--no-sandbox", "--disable-dev-shm-usage", "--lang=zh-CN")
"""Chromium has no sandbox of its own in a container and under root; it opens our own pages only."""


class Quiet(WSGIRequestHandler):
    """A server that tells nothing; what matters is on the page or in the program's own log."""

    def log(self, type: str, message: str, *args: object) -> None:  # noqa: A002  the base's name
        """Say nothing."""


@dataclass
class World:
    """Where the pages are, and what stands behind them."""

    address: str
    bench: jobs.Bench
    browser: Browser
    worker: threading.Thread
    """Begins with the first page: until then the world is the test's own to prepare, jobs and all.
    """
    wrong: list[str] = field(default_factory=list)
    """What a page complained about or asked of the outside."""

    def open(self, size: ViewportSize | None = None, *, script: bool = True) -> Page:
        """A browser of one's own, in Chinese."""
        if self.worker.ident is None:
            self.worker.start()
        own = self.browser.new_context(
            base_url=self.address,
            locale="zh-CN",
            java_script_enabled=script,
            viewport=size or WIDE,
        )
        own.set_default_timeout(PATIENCE_MS)
        page = own.new_page()
        page.on("console", self._said)
        page.on("pageerror", lambda error: self.wrong.append(str(error)))
        page.on("request", self._asked)
        return page

    def settle(self) -> None:
        """Wait until the worker did the jobs there are."""
        until = time.monotonic() + PATIENCE_MS / 1000
        open_ones = select(Job.id).where(Job.state.not_in(("done", "dead"))).limit(1)
        while True:
            with self.bench.database.reading() as session:
                if session.scalar(open_ones) is None:
                    return
            assert time.monotonic() < until, "a job is not done"
            time.sleep(0.05)

    def sign_in(self, login: str, size: ViewportSize | None = None, **how: bool) -> Page:
        """Sign this person in through the form."""
        page = self.open(size, **how)
        page.goto("/sign-in")
        form = page.locator("form:has(input[type=password]:visible)")
        form.locator("[name=login]").fill(login)
        form.locator("[name=password]").fill(PASSWORD)
        form.locator("button").click()
        page.get_by_role("navigation", name="主导航").wait_for()
        return page

    def _said(self, said: ConsoleMessage) -> None:
        if said.type == "error":
            self.wrong.append(f"{said.text} ({said.location})")

    def _asked(self, request: Request) -> None:
        if not request.url.startswith((self.address, "data:", "blob:")):
            self.wrong.append(f"asked of the outside: {request.url}")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium."""
    path = debian.CHROMIUM.find()
    assert path, debian.CHROMIUM.help
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=list(ARGUMENTS))
        yield started
        started.close()


@pytest.fixture
def world(bench: jobs.Bench, browser: Browser) -> Iterator[World]:
    """The small world, served, with a worker; the test fails where a page was in any way unwell."""
    secret = hashed(PASSWORD)

    def give(session: Session) -> None:
        session.execute(update(User).values(password_hash=secret))

    bench.database.transact(give, ledger=False)
    app = create_app(bench.settings, now=lambda: journeys.NOW)
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=Quiet)
    stop = threading.Event()
    serving = threading.Thread(target=server.serve_forever)
    serving.start()
    worker = threading.Thread(target=jobs.work, args=(bench, stop))
    served = World(f"http://127.0.0.1:{server.server_port}", bench, browser, worker)
    yield served
    for own in browser.contexts:
        own.close()
    stop.set()
    server.shutdown()
    serving.join()
    if worker.ident is not None:
        worker.join()
    server.server_close()
    ground: context.Ground = app.extensions[context.EXTENSION]
    ground.database.engine.dispose()
    assert served.wrong == []


@pytest.fixture
def picture(request: pytest.FixtureRequest) -> Callable[[Page, str], None]:
    """Keep a picture of a page where ``--pictures FOLDER`` asks for it, to be looked at."""
    folder: str | None = request.config.getoption("--pictures")

    def take(page: Page, name: str) -> None:
        if folder:
            path = Path(folder) / f"{name}.png"
            path.parent.mkdir(parents=True, exist_ok=True)
            page.screenshot(path=path, full_page=True)

    return take

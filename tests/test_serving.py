"""Web, worker and clock start as one and end as one."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tracker.settings import Settings

TOP = Path(__file__).parents[1]
PATIENCE_SECONDS = 60.0


@pytest.fixture
def address() -> str:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return f"127.0.0.1:{free.getsockname()[1]}"


@pytest.fixture
def served(settings: Settings, address: str) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "flask", "serve", "--quiet", "--address", address]
    environment = {
        **os.environ,
        "TRACKER_HOME": str(settings.home),
        "TRACKER_DATABASE_URL": settings.database_url,
    }
    program = subprocess.Popen(
        command,
        cwd=TOP,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    yield program
    if program.poll() is None:
        program.terminate()
        program.wait(PATIENCE_SECONDS)
    assert program.stdout is not None
    program.stdout.close()


def until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not true():
        assert time.monotonic() < deadline, "it took too long"
        time.sleep(0.1)


def answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(f"http://{address}/sign-in", timeout=5) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, TimeoutError):
        return False


def children(program: subprocess.Popen[str]) -> dict[int, str]:
    """Process number -> what it runs, of the parts that the program started."""
    found = {}
    tasks = Path(f"/proc/{program.pid}/task/{program.pid}/children")
    for number in tasks.read_text(encoding="ascii").split():
        command = Path(f"/proc/{number}/cmdline").read_text(encoding="utf-8")
        found[int(number)] = command.replace("\0", " ")
    return found


def gone(number: int) -> bool:
    return not Path(f"/proc/{number}").exists()


def test_one_signal_ends_web_worker_and_clock(served: subprocess.Popen[str], address: str) -> None:
    until(lambda: answers(address))
    parts = children(served)
    assert len(parts) == 3
    served.send_signal(signal.SIGINT)
    assert served.wait(PATIENCE_SECONDS) == 0
    assert all(gone(number) for number in parts)


def test_when_a_part_dies_all_end_and_the_exit_code_says_so(
    served: subprocess.Popen[str], address: str
) -> None:
    until(lambda: answers(address))
    parts = children(served)
    (worker,) = [number for number, command in parts.items() if "flask worker" in command]
    os.kill(worker, signal.SIGKILL)
    assert served.wait(PATIENCE_SECONDS) == 1
    assert all(gone(number) for number in parts)
    assert served.stdout is not None
    assert "worker 意外结束" in served.stdout.read()

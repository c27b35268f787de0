"""Serving 服务: web, worker and clock on this machine as one; Ctrl-C ends all of them.

Each is a process of its own, so that reading a hostile workbook never slows a page. When one ends
by itself, all end, and the exit code says so: a service manager then starts them together again.
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from types import FrameType

PATIENCE_SECONDS = 15.0
LOOK_SECONDS = 0.2
WEB_THREADS = 8


def commands(address: str) -> dict[str, list[str]]:
    """What is started, by name."""
    python = sys.executable
    return {
        "web": [
            *(python, "-m", "gunicorn", "wsgi:app", "--bind", address, "--workers", "1"),
            *("--worker-class", "gthread", "--threads", str(WEB_THREADS), "--no-control-socket"),
            *("--log-level", "warning"),
        ],
        "worker": [python, "-m", "flask", "worker"],
        "clock": [python, "-m", "flask", "clock"],
    }


def serve(address: str, tell: Callable[[str], None], *, quiet: bool = False) -> int:
    """Run until told to stop; returns 0 after Ctrl-C or SIGTERM, 1 when a part ended by itself.

    ``quiet`` has the parts log only what goes wrong.
    """
    stopped: list[int] = []

    def stop(number: int, frame: FrameType | None) -> None:
        del frame
        stopped.append(number)

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)
    environment = {**os.environ, **({"TRACKER_LOG_LEVEL": "warning"} if quiet else {})}
    parts = {
        name: subprocess.Popen(command, start_new_session=True, env=environment)  # noqa: S603  ours
        for name, command in commands(address).items()
    }
    ended = ""
    while not stopped and not ended:
        time.sleep(LOOK_SECONDS)
        ended = next((name for name, part in parts.items() if part.poll() is not None), "")
    for part in parts.values():
        part.terminate()
    deadline = time.monotonic() + PATIENCE_SECONDS
    for part in parts.values():
        try:
            part.wait(max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            part.kill()
            part.wait()
    if ended:
        tell(f"{ended} 意外结束，已全部停止。{ended} ended by itself; everything was stopped.")
    return 1 if ended else 0

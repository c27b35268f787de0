"""Chromium 浏览器: where the browser of the tests is, and how it comes onto a bare machine.

`python -m tests.chromium` looks for it and, where it is missing and we may, installs Debian's
package with a font for Chinese. The browser tests import `find` and `ARGUMENTS`; standard library
only.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PACKAGES = ("chromium", "fonts-noto-cjk")
ARGUMENTS = ("--no-sandbox", "--disable-dev-shm-usage", "--lang=zh-CN")
"""Chromium has no sandbox of its own in a container and under root; it opens our own pages only."""
HELP = (
    "没有找到 Chromium，浏览器测试无法进行。请以管理员身份执行："
    "apt-get install chromium fonts-noto-cjk\n"
    "No Chromium found, so the browser tests cannot run. As root: "
    "apt-get install chromium fonts-noto-cjk"
)

Run = Callable[[list[str]], bool]


def find() -> str | None:
    """The path of an installed browser, if there is one."""
    return next((path for name in NAMES if (path := shutil.which(name))), None)


def run(command: list[str]) -> bool:
    """Run a command without asking anything; whether it succeeded."""
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    done = subprocess.run(command, check=False, stdin=subprocess.DEVNULL, env=environment)
    return done.returncode == 0


def as_root(run_it: Run) -> list[str] | None:
    """What goes before a command so that root runs it; None where we may not."""
    if os.geteuid() == 0:
        return []
    return ["sudo", "-n"] if shutil.which("sudo") and run_it(["sudo", "-n", "true"]) else None


def install(run_it: Run = run) -> bool:
    """Install the browser and the font from Debian's packages; whether that went well."""
    before = as_root(run_it)
    if before is None or shutil.which("apt-get") is None:
        return False
    update = [*before, "apt-get", "update", "-q"]
    add = [*before, "apt-get", "install", "-y", "-q", "--no-install-recommends", *PACKAGES]
    return run_it(update) and run_it(add)


def ensure() -> int:
    """Find the browser or install it; the exit code of the command."""
    if find() is None and not (install() and find()):
        sys.stderr.write(HELP + "\n")
        return 1
    sys.stdout.write(f"{find()}\n")
    return 0


if __name__ == "__main__":
    sys.exit(ensure())

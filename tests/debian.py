"""Debian's programs 外部程序: what only tests need, and how it comes onto a bare machine.

`python -m tests.debian chromium` looks for the program and, where it is missing and we may,
installs Debian's packages of it. Standard library only.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass

Run = Callable[[list[str]], bool]


@dataclass(frozen=True)
class Program:
    """A program by the names it goes by, and the packages that bring it."""

    names: tuple[str, ...]
    packages: tuple[str, ...]

    @property
    def help(self) -> str:
        """What to do where it may not be installed from here."""
        command = f"apt-get install {' '.join(self.packages)}"
        return (
            f"没有找到 {self.names[0]}，需要它的测试无法进行。请以管理员身份执行：{command}\n"
            f"No {self.names[0]} found, so the tests that need it cannot run. As root: {command}"
        )

    def find(self) -> str | None:
        """The path of the installed program, if there is one."""
        return next((path for name in self.names if (path := shutil.which(name))), None)


CHROMIUM = Program(
    ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable"),
    ("chromium", "fonts-noto-cjk"),
)
"""The browser of the browser tests, with a font for Chinese."""
OFFICE = Program(
    ("soffice", "libreoffice"), ("libreoffice-calc", "libreoffice-writer", "fonts-noto-cjk")
)
"""LibreOffice, which recomputes our workbooks and sets our letters as the offices' programs do."""
PROGRAMS = {"chromium": CHROMIUM, "office": OFFICE}


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


def install(program: Program, run_it: Run = run) -> bool:
    """Install a program from Debian's packages; whether that went well."""
    before = as_root(run_it)
    if before is None or shutil.which("apt-get") is None:
        return False
    update = [*before, "apt-get", "update", "-q"]
    add = [*before, "apt-get", "install", "-y", "-q", "--no-install-recommends", *program.packages]
    return run_it(update) and run_it(add)


def ensure(program: Program) -> int:
    """Find the program or install it; the exit code of the command."""
    if program.find() is None and not (install(program) and program.find()):
        sys.stderr.write(program.help + "\n")
        return 1
    sys.stdout.write(f"{program.find()}\n")
    return 0


if __name__ == "__main__":
    sys.exit(max(ensure(PROGRAMS[name]) for name in sys.argv[1:]))

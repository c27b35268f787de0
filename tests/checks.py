"""The checks 全部检查: what `make test` runs, in order, each with a heading and its time.

`python -m tests.checks` runs all; with names (`python -m tests.checks sqlite browser`) only those.
All run even where one fails, so that one run shows everything; the exit code says whether any did.
What needs one core runs beside what can fill the others, and is told in its place all the same.
Standard library only.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BIN = Path(sys.executable).parent
WHOLE = ("tracker/books/*", "tracker/verify/*", "tracker/access/*", "rules/tally.py")
"""Where a line that no test runs could cost money: covered wholly, branches too."""
LEAST_COVERED = 95
MEMORY = Path("/dev/shm")  # noqa: S108  the system's own folder in memory
ROOM_BYTES = 4 * 2**30
LOOK_SECONDS = 0.2


@dataclass(frozen=True, kw_only=True)
class Check:
    """One command with a name and a heading."""

    turn: int
    """Checks of one turn run at the same time; none needs what another of them leaves."""
    name: str
    heading: str
    command: tuple[str, ...]


PYTEST = ("python", "-m", "pytest", "-q")
CHECKS = (
    Check(turn=1, name="lint", heading="代码规范 Lint", command=("ruff", "check", ".")),
    Check(
        turn=1, name="format", heading="代码格式 Format", command=("ruff", "format", "--check", ".")
    ),
    Check(turn=1, name="types", heading="类型检查 Types", command=("mypy",)),
    Check(turn=1, name="imports", heading="模块依赖方向 Import arrows", command=("lint-imports",)),
    Check(
        turn=1,
        name="sqlite",
        heading="测试（SQLite）Tests on SQLite",
        command=(
            *PYTEST,
            "tests",
            "--ignore=tests/browser",
            "--ignore=tests/crash",
            "--ignore=tests/office",
            "--ignore=tests/benchmarks",
            "-n",
            "2",
            "--dist",
            "loadgroup",
            "--cov",
            "--cov-report=",
        ),
    ),
    Check(
        turn=2,
        name="coverage",
        heading="覆盖率 Coverage",
        command=("coverage", "report", f"--fail-under={LEAST_COVERED}"),
    ),
    Check(
        turn=2,
        name="whole",
        heading="资金代码全覆盖 Full coverage where money moves",
        command=("coverage", "report", f"--include={','.join(WHOLE)}", "--fail-under=100"),
    ),
    Check(
        turn=2,
        name="postgresql",
        heading="测试（PostgreSQL）Tests on PostgreSQL",
        command=(
            *PYTEST,
            "tests/tracker",
            "tests/web",
            "tests/test_journey.py",
            "tests/test_migrations.py",
            "--database=postgresql",
            "-n",
            "2",
        ),
    ),
    Check(
        turn=3,
        name="browser",
        heading="浏览器测试 Tests in the browser",
        command=(*PYTEST, "tests/browser", "-n", "2"),
    ),
    Check(
        turn=4,
        name="crash",
        heading="中断与恢复测试 Crash tests",
        command=(*PYTEST, "tests/crash"),  # not shared out: under xdist its forked processes hang
    ),
)


def say(text: str) -> None:
    """One line now, in the right place between the lines of the commands."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


@contextmanager
def scratch(memory: Path = MEMORY) -> Iterator[dict[str, str]]:
    """What to add to the environment so that tests write into memory, where there is room.

    They make and drop thousands of databases and keep none; a disk takes half a second for each.
    """
    if not memory.is_dir() or shutil.disk_usage(memory).free < ROOM_BYTES:
        yield {}
        return
    for left in memory.glob("tracker-tests-*"):
        if not Path(f"/proc/{left.name.rpartition('-')[2]}").exists():
            shutil.rmtree(left, ignore_errors=True)
    folder = memory / f"tracker-tests-{os.getpid()}"
    folder.mkdir()
    folder.chmod(0o755)  # the PostgreSQL server runs as somebody else where we are root
    try:
        yield {"TMPDIR": str(folder)}
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def run(check: Check, environment: dict[str, str], said: Path) -> tuple[bool, float]:
    """Run one check, what it says going into a file; whether it passed, and its seconds."""
    program, *arguments = check.command
    begun = time.monotonic()
    # where compiled code may not be kept, every one of a thousand processes compiles all of it
    inherited = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    with said.open("ab") as file:
        done = subprocess.run(
            [str(BIN / program), *arguments],
            cwd=ROOT,
            check=False,
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=subprocess.STDOUT,
            env={**inherited, "PYTHONPATH": str(ROOT), **environment},
        )
    return done.returncode == 0, time.monotonic() - begun


def follow(said: Path, running: Future[tuple[bool, float]]) -> None:
    """Show what a check says as it says it, until it has ended."""
    with said.open("rb") as file:
        ended = False
        while not ended:
            ended = bool(wait([running], LOOK_SECONDS).done)
            sys.stdout.buffer.write(file.read())
            sys.stdout.flush()


def together(checks: Sequence[Check], environment: dict[str, str]) -> list[tuple[bool, float]]:
    """Run checks at the same time and tell of one after the other; what ``run`` says of each."""
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(len(checks)) as crew:
        begun = []
        for check in checks:
            said = Path(folder, check.name)
            said.touch()
            begun.append((check, said, crew.submit(run, check, environment, said)))
        for check, said, running in begun:
            say(f"\n== {check.heading}")
            follow(said, running)
            passed, seconds = running.result()
            word = "通过 passed" if passed else "未通过 FAILED"
            say(f"-- {check.heading}: {word}, {seconds:.0f} s")
        return [running.result() for _check, _said, running in begun]


def main(names: list[str]) -> int:
    """Run the named checks, or all; print what came of each; 1 where any failed."""
    unknown = set(names) - {check.name for check in CHECKS}
    if unknown:
        say(f"没有这项检查 No such check: {', '.join(sorted(unknown))}")
        say("可选 Choose from: " + ", ".join(check.name for check in CHECKS))
        return 2
    chosen = [check for check in CHECKS if not names or check.name in names]
    begun = time.monotonic()
    results: list[tuple[bool, float]] = []
    with scratch() as environment:
        for _turn, checks in groupby(chosen, lambda check: check.turn):
            results += together(list(checks), environment)
    say("\n== 结果 Result")
    for check, (passed, seconds) in zip(chosen, results, strict=True):
        say(
            f"{'ok    ' if passed else 'FAILED'} {seconds:6.0f} s  {check.name:<11} {check.heading}"
        )
    say(f"       {time.monotonic() - begun:6.0f} s  从头到尾 from first to last")
    return 0 if all(passed for passed, _ in results) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

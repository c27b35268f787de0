"""The checks 全部检查: what `make test` runs, in order, each with a heading and its time.

`python -m tests.checks` runs all; with names (`python -m tests.checks sqlite browser`) only those.
All run even where one fails, so that one round shows everything; the exit code says whether any
did. Standard library only.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BIN = Path(sys.executable).parent
WHOLE = ("tracker/books/*", "tracker/verify/*", "tracker/access.py", "rules/tally.py")
"""Where a line that no test runs could cost money: covered wholly, branches too."""
LEAST_COVERED = 95
MEMORY = Path("/dev/shm")  # noqa: S108  the system's own folder in memory
ROOM_BYTES = 4 * 2**30


@dataclass(frozen=True, kw_only=True)
class Check:
    """One command with a name and a heading."""

    name: str
    heading: str
    command: tuple[str, ...]


PYTEST = ("python", "-m", "pytest", "-q")
CHECKS = (
    Check(name="lint", heading="代码规范 Lint", command=("ruff", "check", ".")),
    Check(name="format", heading="代码格式 Format", command=("ruff", "format", "--check", ".")),
    Check(name="types", heading="类型检查 Types", command=("mypy",)),
    Check(name="imports", heading="模块依赖方向 Import arrows", command=("lint-imports",)),
    Check(
        name="sqlite",
        heading="测试（SQLite）Tests on SQLite",
        command=(
            *PYTEST,
            "tests",
            "--ignore=tests/browser",
            "--ignore=tests/crash",
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
        name="coverage",
        heading="覆盖率 Coverage",
        command=("coverage", "report", f"--fail-under={LEAST_COVERED}"),
    ),
    Check(
        name="whole",
        heading="资金代码全覆盖 Full coverage where money moves",
        command=("coverage", "report", f"--include={','.join(WHOLE)}", "--fail-under=100"),
    ),
    Check(
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
        name="browser",
        heading="浏览器测试 Tests in the browser",
        command=(*PYTEST, "tests/browser", "-n", "2"),
    ),
    Check(
        name="crash",
        heading="中断与恢复测试 Crash tests",
        command=(*PYTEST, "tests/crash"),
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


def run(check: Check, environment: dict[str, str]) -> tuple[bool, float]:
    """Run one check; whether it passed, and its seconds."""
    say(f"\n== {check.heading}")
    program, *arguments = check.command
    begun = time.monotonic()
    # where compiled code may not be kept, every one of a thousand processes compiles all of it
    inherited = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    done = subprocess.run(
        [str(BIN / program), *arguments],
        cwd=ROOT,
        check=False,
        stdin=subprocess.DEVNULL,
        env={**inherited, "PYTHONPATH": str(ROOT), **environment},
    )
    seconds = time.monotonic() - begun
    passed = done.returncode == 0
    say(f"-- {check.heading}: {'通过 passed' if passed else '未通过 FAILED'}, {seconds:.0f} s")
    return passed, seconds


def main(names: list[str]) -> int:
    """Run the named checks, or all; print what came of each; 1 where any failed."""
    unknown = set(names) - {check.name for check in CHECKS}
    if unknown:
        say(f"没有这项检查 No such check: {', '.join(sorted(unknown))}")
        say("可选 Choose from: " + ", ".join(check.name for check in CHECKS))
        return 2
    chosen = [check for check in CHECKS if not names or check.name in names]
    with scratch() as environment:
        results = [(check, *run(check, environment)) for check in chosen]
    say("\n== 结果 Result")
    for check, passed, seconds in results:
        say(
            f"{'ok    ' if passed else 'FAILED'} {seconds:6.0f} s  {check.name:<11} {check.heading}"
        )
    say(f"       {sum(seconds for _, _, seconds in results):6.0f} s")
    return 0 if all(passed for _, passed, _ in results) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

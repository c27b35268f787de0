"""Mutation 变异测试: breaks the code of the books on purpose, and counts what the tests notice.

``python -m tests.mutation`` (a part of ``make soak``) lets mutmut change the ledger, the chain and
the verifier in every way it knows, one change at a time, in a copy of the tree, and runs the tests
that reach the changed function, on SQLite. It fails where fewer than ``LEAST`` of a hundred changes
are noticed. Changes that change nothing stand in ``equivalent.toml`` beside this, each with the
reason why; one that no surviving change is like any more is told.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.checks import say, scratch
from tests.mutation.judging import LEAST, Change, equivalent, judged, told

ROOT = Path(__file__).resolve().parents[2]
AT_ONCE = "2"
COPIED = ("tracker", "rules", "ingest", "migrations", "tests", "wsgi.py", "pyproject.toml")
LEFT_OUT = ("browser", "office", "benchmarks", "screens", "__pycache__", "static")
"""Parts of the tree that no test of the books needs."""
MUTATED = ("tracker/books/ledger.py", "tracker/books/chain.py", "tracker/verify/*.py")
TESTS = (
    *("test_chain*.py", "test_ledger*.py", "test_events.py", "test_verify*.py"),
    *("test_levels.py", "test_anchors.py"),
)
LEFT = "both_databases or by_itself or postgresql or any_sequence or workers_who"
"""Tests of PostgreSQL, of processes of their own, and of chance: what is left tells the same."""
SETTINGS = """
[tool.mutmut]
source_paths = ["tracker"]
only_mutate = {mutated}
also_copy = {copied}
pytest_add_cli_args = ["-q", "-p", "no:cacheprovider", "-p", "tests.mutation.order",
  "-k", "not ({left})"]
pytest_add_cli_args_test_selection = {tests}
process_isolation = "forkserver"
timeout_constant = 10
timeout_multiplier = 4
"""
"""Polars hangs in a process forked from one that has used it, which would look like a change that
loops for ever. Its tests take longer in a process of their own than among all others, where they
share what they prepare: an endless loop is given up after four times as long and 40 seconds."""
NOTICED = {1: "noticed"} | dict.fromkeys((36, 24, -24, 152, 255), "too slow")
"""Exit codes of mutmut's runs that a change is noticed by; an endless loop is noticed too.

Where pytest itself fails, which mutmut takes for noticed, no test has said anything.
"""


def laid_out(folder: Path) -> None:
    """Copy the tree and tell mutmut what to change and what to run."""
    for name in COPIED:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns(*LEFT_OUT))
        else:
            shutil.copy(ROOT / name, folder / name)
    there = (path for name in TESTS for path in (ROOT / "tests" / "tracker").glob(name))
    tests = sorted(str(path.relative_to(ROOT)) for path in there)
    said = SETTINGS.format(
        mutated=json.dumps(MUTATED), copied=json.dumps(COPIED), tests=json.dumps(tests), left=LEFT
    )
    with (folder / "pyproject.toml").open("a", encoding="utf-8") as file:
        file.write(said)


def mutmut(folder: Path, environment: Mapping[str, str]) -> None:
    """Run the tool there; what it says is shown where it fails."""
    done = subprocess.run(
        [sys.executable, "-m", "mutmut", "run", "--max-children", AT_ONCE],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder), **environment},
        check=False,
        capture_output=True,
        encoding="utf-8",
    )
    assert done.returncode == 0, (done.stdout + done.stderr)[-2000:]


def ended(folder: Path) -> dict[str, int | None]:
    """Name of each change -> the exit code of its run."""
    found: dict[str, int | None] = {}
    for path in sorted((folder / "mutants").rglob("*.py.meta")):
        found |= json.loads(path.read_text(encoding="utf-8"))["exit_code_by_key"]
    return found


def changes(folder: Path, names: Sequence[str]) -> list[Change]:
    """What mutmut changed, by its names."""
    program = (
        "import json, sys; from mutmut.mutation.diff_apply import get_diff_for_mutant as diff;"
        "json.dump([diff(name) for name in json.load(sys.stdin)], sys.stdout)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder)},
        input=json.dumps(list(names)),
        capture_output=True,
        check=True,
        encoding="utf-8",
    )
    diffs: list[str] = json.loads(done.stdout)
    return [told(name, diff) for name, diff in zip(names, diffs, strict=True)]


def main() -> int:
    """Change, run, judge; 0 where the tests notice enough."""
    begun = time.monotonic()
    with (
        scratch() as environment,
        tempfile.TemporaryDirectory(dir=environment.get("TMPDIR")) as name,
    ):
        folder = Path(name)
        say("变异测试 mutation: 约需一个半小时 · about an hour and a half")
        laid_out(folder)
        mutmut(folder, environment)
        codes = ended(folder)
        left = [name for name, code in codes.items() if code not in NOTICED]
        outcome = judged(len(codes) - len(left), changes(folder, left), equivalent())
    for one in outcome.survivors:
        say(f"没有测试发现 not noticed: {one}")
    for one in outcome.stale:
        say(f"登记为等价，却没有这样的变异 said to change nothing, but not found: {one}")
    ways = Counter(NOTICED[code] for code in codes.values() if code in NOTICED)
    say(
        f"变异测试 mutation: {len(codes)} changes, {outcome.noticed} noticed {dict(ways)},"
        f" {outcome.alike} that change nothing, {len(outcome.survivors)} not noticed:"
        f" {outcome.score:.1f} of 100, {LEAST} wanted; {time.monotonic() - begun:.0f} s"
    )
    return 0 if outcome.passed else 1


if __name__ == "__main__":
    sys.exit(main())

"""Fuzzing: what is done to a file may refuse it, never end, hold up or dirty the reading."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from ingest.rows import Report
from tests.ingest import fuzzing, mutants

pytestmark = pytest.mark.no_cover  # it runs everything; what it happens to pass proves little
ROOT = Path(__file__).parents[2]
SEED = 20250630
FEW, MANY = 1_000, 20_000
PARTS = 2
"""Processes that share the work, on two cores side by side."""
LONGEST_SECONDS = 3_600


@pytest.mark.parametrize("part", range(PARTS))
def test_nothing_worse_than_a_problem_comes_of_a_mutant(part: int, *, soak: bool) -> None:
    """Each is read in a fork of a process that has loaded all; one that dies costs only itself."""
    count = (MANY if soak else FEW) // PARTS
    command = ["-m", "tests.ingest.fuzzing", str(SEED), str(part * count), str(count)]
    done = subprocess.run(
        [sys.executable, *command],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), "POLARS_MAX_THREADS": "1"},
        capture_output=True,
        text=True,
        timeout=LONGEST_SECONDS,
        check=False,
    )
    *wrong, last = done.stdout.splitlines() or [done.stderr]
    repeat = f"to read one again: python -m tests.ingest.fuzzing {SEED} NUMBER"
    assert done.returncode == 0, "\n".join([repeat, *wrong, last])
    ends = json.loads(last)["ends"]
    print(f"seed {SEED}, {count} from {part * count}: {last}")  # noqa: T201  for a rerun
    assert sum(ends.values()) >= count
    for kind in mutants.WAYS:
        assert any(name.startswith(f"{kind} ") and "reject" not in name for name in ends), kind


def test_a_mutant_is_the_same_for_the_same_seed_and_number(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made = [mutants.mutant(SEED, number) for number in range(40)]
    monkeypatch.setattr("time.time", lambda: 1_000_000_000.0)
    assert made == [mutants.mutant(SEED, number) for number in range(40)]
    assert len(set(made)) > 35
    assert made != [mutants.mutant(SEED + 1, number) for number in range(40)]


@pytest.mark.usefixtures("in_this_process")
def test_a_wrong_report_is_seen_whatever_is_wrong_with_it(monkeypatch: pytest.MonkeyPatch) -> None:
    raw = mutants.sources()["text"][0]
    report = fuzzing.read(raw, 1)

    def wrong(**changed: object) -> str:
        fields = {name: getattr(report, name) for name in Report.__dataclass_fields__}
        with pytest.raises(fuzzing.WrongError) as caught:
            fuzzing.weigh(Report(**{**fields, **changed}))
        return str(caught.value)

    assert "are not" in wrong(rows_read=99)
    assert "reject with" in wrong(outcome="reject")
    assert "no reason to refuse" in wrong(lines=(), refused=report.lines, outcome="reject")
    assert "no reason to ask" in wrong(lines=(), waiting=report.lines)
    monkeypatch.setattr(fuzzing, "stored", lambda _report: ["a\0b"])
    assert "NUL" in wrong()


def test_one_that_dies_or_hangs_is_told_and_the_others_are_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """In a process of its own, as this one has threads that a fork would not have."""
    program = (
        "import os, time; from tests.ingest import fuzzing\n"
        "def mutant(seed, number):\n"
        "    if number == 1: os.abort()\n"
        "    if number == 2: time.sleep(60)\n"
        "    return b'a,b'\n"
        "fuzzing.mutants.mutant = mutant; fuzzing.SECONDS = 5\n"
        "raise SystemExit(fuzzing.main(1, 0, 4))\n"
    )
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.setenv("POLARS_MAX_THREADS", "1")
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False
    )
    *wrong, last = map(json.loads, done.stdout.splitlines())
    assert done.returncode == 1
    assert [(one["number"], one["what"]) for one in wrong] == [(1, "ends with -6"), (2, "hangs")]
    assert last["ends"]["text reject"] == 2

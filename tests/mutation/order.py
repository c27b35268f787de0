"""Order 次序: what noticed the changes before first, then a module's own tests, then small ones.

pytest gets the tests of a change from mutmut in no order, and stops at the first that fails. Where
changes of a function were noticed by a test, the next ones mostly are too; most others are noticed
by a test of small books within a tenth of a second, where a walk of the prepared world takes two
seconds before it says anything. Walks that only pass by a module's code are left out where it has
tests of its own. That can hide nothing: what only a walk would notice counts as not noticed. Nor
are tests run for a query in other letters, large for small: none can notice it, and to see that
takes every walk there is.
"""

import importlib
import os
from collections import Counter
from contextlib import chdir
from pathlib import Path

import pytest

from tests.mutation.judging import told

CHANGED = "MUTANT_UNDER_TEST"
"""mutmut's name of the change, ``tracker.verify.levels.x__told__mutmut_3``; else a word, no dot.

It is told to a process forked from one that has read this file, so it is read only when asked for.
"""
NOTICED = Path("noticed.txt")
"""A line for each change that was noticed: its function, a tab, the test."""


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Sort them by what they need, file by file, and leave out those that can notice nothing."""
    function = _function()
    path, _, _ = function.rpartition(".x")
    alike = bool(path) and _alike(os.environ[CHANGED], path)
    module = path.rpartition(".")[2]
    own = {item for item in items if module and module in item.path.stem}
    left = {item for item in items if alike or (own and item not in own and _walks(item))}
    config.hook.pytest_deselected(items=[*left])
    kept = [item for item in items if item not in left]
    here, near = _noticed(function), _noticed(path)
    items[:] = sorted(
        kept,
        key=lambda one: (
            *(-here[one.nodeid], -near[one.nodeid]),
            *(one not in own, _walks(one), _opens(one), one.path),
        ),
    )


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Remember which test noticed a change."""
    if report.failed and (function := _function()):
        with NOTICED.open("a", encoding="utf-8") as file:
            file.write(f"{function}\t{report.nodeid}\n")


def _function() -> str:
    """The function that was changed; nothing where none was."""
    return os.environ.get(CHANGED, "").rpartition("__mutmut_")[0]


def _alike(name: str, module: str) -> bool:
    """Whether the change says the same in other letters; mutmut tells it from the folder above."""
    mutmut = importlib.import_module("mutmut.mutation.diff_apply")
    with chdir(".."):
        return told(name, mutmut.get_diff_for_mutant(name, path=source(module))).alike


def source(module: str) -> Path:
    """The file of a module or package, from the folder where the tree is."""
    place = Path(*module.split("."))
    return place / "__init__.py" if place.is_dir() else place.with_suffix(".py")


def _noticed(where: str) -> Counter[str]:
    """How many changes of a function, or of a module, each test noticed."""
    if not where or not NOTICED.exists():
        return Counter()
    lines = (line.split("\t") for line in NOTICED.read_text(encoding="utf-8").splitlines())
    return Counter(test for function, test in lines if f"{function}.".startswith(f"{where}."))


def _walks(item: pytest.Item) -> bool:
    """Whether it needs the world of ``tests.journeys``."""
    return "standing" in getattr(item, "fixturenames", ())


def _opens(item: pytest.Item) -> bool:
    """Whether it needs a database of its own."""
    return "settings" in getattr(item, "fixturenames", ())

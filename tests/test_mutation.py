"""Mutation: what counts as noticed, what changes nothing, and when the run fails."""

from pathlib import Path

import pytest

from tests.mutation import judging, order
from tests.mutation.judging import Change, judged, told

ONE = Change("tracker.books.chain.link", "a < b", "a <= b")
OTHER = Change("tracker.books.chain.link", "a + 1", "a - 1")
QUERY = Change("tracker.verify.chain._names", '"SELECT id FROM item"', '"select id from item"')


@pytest.mark.parametrize(
    ("noticed", "left", "equivalent", "score", "passed"),
    [
        (9, [ONE], [], 90.0, True),
        (8, [ONE], [], 100 * 8 / 9, False),
        (8, [ONE], [ONE], 100.0, True),
        (8, [QUERY, ONE], [ONE], 100.0, True),
        (8, [ONE, OTHER], [ONE], 100 * 8 / 9, False),
        (0, [], [], 0.0, False),
        (0, [ONE], [ONE], 0.0, False),
    ],
)
def test_nine_of_ten_changes_must_be_noticed(
    noticed: int, left: list[Change], equivalent: list[Change], score: float, *, passed: bool
) -> None:
    outcome = judged(noticed, left, equivalent)
    assert outcome.score == pytest.approx(score)
    assert outcome.passed is passed


def test_survivors_and_stale_reasons_are_told_apart() -> None:
    outcome = judged(1, [OTHER, QUERY], [ONE])
    assert (outcome.survivors, outcome.stale, outcome.alike) == ((OTHER,), (ONE,), 1)
    columns = Change(QUERY.where, '" id, item.code, seq"', '" ID, ITEM.CODE, SEQ"')
    message = Change(QUERY.where, '"Look at the entry"', '"look at the entry"')
    assert judged(1, [columns, message], []).survivors == (message,)


def test_a_change_is_told_by_the_lines_that_differ() -> None:
    diff = "--- a\n+++ a\n@@ -1,3 +1,3 @@\n def f():\n-    return 1\n+    return 2\n+    \n"
    name = "tracker.verify.reading.xǁFaultǁ__str____mutmut_6"
    assert told(name, diff) == Change(
        "tracker.verify.reading.Fault.__str__", "return 1", "return 2 "
    )
    assert str(ONE) == "tracker.books.chain.link\n  - a < b\n  + a <= b"


@pytest.mark.parametrize(
    ("module", "file"),
    [
        ("tracker.verify", "tracker/verify/__init__.py"),
        ("tracker.verify.levels", "tracker/verify/levels.py"),
    ],
)
def test_the_file_of_a_package_is_told_from_that_of_a_module(
    monkeypatch: pytest.MonkeyPatch, module: str, file: str
) -> None:
    monkeypatch.chdir(Path(__file__).parents[1])
    assert order.source(module) == Path(file)


def test_each_change_that_changes_nothing_has_its_reason(tmp_path: Path) -> None:
    assert judging.equivalent()
    file = tmp_path / "equivalent.toml"
    file.write_text('[["a.b"]]\nold = "x"\nnew = "y"\nwhy = " "\n')
    with pytest.raises(AssertionError, match="say why"):
        judging.equivalent(file)
    file.write_text('[["a.b"]]\nold = "x"\nnew = "y"\n')
    with pytest.raises(AssertionError, match="old, new, and why"):
        judging.equivalent(file)

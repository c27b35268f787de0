"""The corpus: ugly files as firms really have them, each read exactly as its table says."""

import csv
import io
import tomllib
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pytest

from ingest import examine
from ingest.answers import Answer
from ingest.formats import by_kind
from ingest.readings import offers
from ingest.rows import Line, Problem, Report
from tests.corpus import FILES, FOLDER, STOCK, TABLE
from tests.corpus.stock import stock_bytes
from tests.ingest.manifest_samples import DAY

pytestmark = [pytest.mark.usefixtures("in_this_process"), pytest.mark.no_cover]
EXPECTED: dict[str, dict[str, Any]] = tomllib.loads(TABLE.read_text(encoding="utf-8"))
ATTRIBUTES = ".gitattributes"
LINES = {
    int(line.pop("line")): {name: text for name, text in line.items() if text}
    for line in csv.DictReader(io.StringIO(STOCK.read_text(encoding="utf-8")))
}
PLACES = ("accepted", "waiting", "refused", "doubled")


def packed(raw: bytes) -> object:
    """Return what a file says; of a package its parts, which may be pressed differently."""
    if not zipfile.is_zipfile(io.BytesIO(raw)):
        return raw
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_there_are_enough_files_and_one_of_every_format() -> None:
    kept = {path.name for path in FOLDER.iterdir()} - {ATTRIBUTES}
    assert kept == set(FILES) == set(EXPECTED)
    assert len(kept) >= 60
    read = {said["kind"] for said in EXPECTED.values() if said["outcome"] != "reject"}
    assert read >= {one.NAME for one in by_kind().values()}


def test_the_script_makes_the_very_files_that_are_kept() -> None:
    assert STOCK.read_bytes() == stock_bytes()
    for name, make in FILES.items():
        assert packed(make()) == packed((FOLDER / name).read_bytes()), name


@pytest.mark.parametrize("name", FILES)
def test_a_file_of_the_corpus_comes_out_as_its_table_says(name: str) -> None:
    said = EXPECTED[name]
    answers = [Answer(**answer) for answer in said.get("answers", ())]
    report = examine((FOLDER / name).read_bytes(), name, day=DAY, answers=answers)
    assert found(report) == {key: told for key, told in said.items() if key not in ABOUT}
    assert {(line.row, *told) for line, told in _lines(report)} == set(_wanted(said))
    assert sum(report.states.values()) == report.rows_read


ABOUT = {"ugly", "answers", "but", *PLACES}
"""What the table says that is not compared with the report as it stands."""


def found(report: Report) -> dict[str, object]:
    """Say of a report what the table says, but for the rows; what is blank is left out."""
    about = report.file
    said: dict[str, object] = {
        "kind": about.kind,
        "encoding": about.encoding,
        "sheet": about.sheet,
        "header_row": about.header_row,
        "unknown": dict(about.unknown),
        "outcome": report.outcome,
        "skipped": {str(one.row): one.reason.removeprefix("skip_") for one in report.skipped},
        "problems": [spelt(one) for one in report.problems],
    }
    return {name: value for name, value in said.items() if value} | {"rows_read": report.rows_read}


def spelt(told: Problem) -> str:
    """Write a problem as the table does."""
    rows = told.rows
    where = "file" if not rows else str(rows[0]) if told.row else f"{rows[0]}-{rows[-1]}"
    text = f"{where} {told.column or '-'} {told.severity} {told.code}"
    if told.severity != "ask":
        return text
    choices = " | ".join(choice(one.answer) for one in offers(told))
    return f"{text}: {choices or '-'}"


def choice(answer: Answer) -> str:
    """Name an answer by its value, by the row it leaves out, or by its kind."""
    return answer.value or (str(answer.row) if answer.kind == "leave_out" else answer.kind)


def _lines(report: Report) -> Iterator[tuple[Line, tuple[str, Sequence[tuple[str, str]]]]]:
    """Return every line with its place and what it says."""
    every = zip(PLACES, (report.lines, report.waiting, report.refused, report.doubled), strict=True)
    for place, lines in every:
        for line in lines:
            yield line, (place, tuple(sorted(line.fields.items())))


def _wanted(said: Mapping[str, Any]) -> Iterator[tuple[int, str, tuple[tuple[str, str], ...]]]:
    """Return the row, the place and the fields of every line that the table wants."""
    but = {tuple(where.split()): text for where, text in said.get("but", {}).items()}
    for place in PLACES:
        for row, number in said.get(place, {}).items():
            own = {name: text for (at, name), text in but.items() if at == row}
            fields = {**LINES.get(number, {}), **own}
            yield int(row), place, tuple(sorted((k, text) for k, text in fields.items() if text))

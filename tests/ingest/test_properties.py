"""Properties: no encoding or order changes a table, and planted faults are found exactly."""

import json
import random
from collections.abc import Callable, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest import examine, formats, sniff
from ingest.fields import FIELDS
from ingest.grid import Marks
from tests.ingest.manifest_samples import (
    DAY,
    GIVEN,
    Row,
    Table,
    box,
    csv_bytes,
    rail,
    read,
    road,
    table,
    told,
    xlsx_bytes,
)
from tests.ingest.markup_samples import html_bytes, xml_bytes
from tests.ingest.old_workbook_samples import Page, cells_of, xls_bytes

LETTERS = st.characters(codec="gb18030", categories=["L", "N", "P", "S"], exclude_characters="'")
WORDS = st.text(LETTERS, max_size=20).map("货物{}".format)
pytestmark = [pytest.mark.usefixtures("in_this_process"), pytest.mark.no_cover]


@st.composite
def rows(draw: st.DrawFn) -> list[Row]:
    """Draw good lines of trucks and boxes, with whatever words people write."""
    count = draw(st.integers(1, 6))
    made = []
    for number in range(count):
        line = draw(st.sampled_from([road, rail]))(
            number,
            goods_name=draw(WORDS),
            origin_place=draw(WORDS),
            dest_place=draw(st.one_of(st.just(""), WORDS)),
            packages=str(draw(st.integers(1, 99_999))),
            gross_weight_kg=str(draw(st.decimals("0.001", "30000", places=3))),
            supervision_mode=draw(st.sampled_from(["9610", "9710", "9810", "1210", "0110"])),
            dest_country=draw(st.sampled_from(["俄罗斯", "DE", "蒙古", "波兰"])),
        )
        made.append(line)
    return made


def records(cells: Table) -> list[Row]:
    """Make records of a table."""
    return [dict(zip(cells[0], line, strict=True)) for line in cells[1:]]


def json_bytes(value: object, encoding: str = "utf-8") -> bytes:
    """Write JSON, with the characters as they are."""
    return json.dumps(value, ensure_ascii=False).encode(encoding)


def wrapped(cells: Table) -> bytes:
    """Write records as the answer of an API, escapes for characters."""
    return json.dumps({"code": 0, "data": {"rows": records(cells), "total": 1}}).encode()


WAYS: dict[str, Callable[[Table], bytes]] = {
    "xlsx": xlsx_bytes,
    "UTF-8": csv_bytes,
    "UTF-8 with a mark": lambda cells: csv_bytes(cells, "utf-8-sig"),
    "GB18030": lambda cells: csv_bytes(cells, "gb18030"),
    "UTF-16, the low half first": lambda cells: b"\xff\xfe" + csv_bytes(cells, "utf-16-le", "\t"),
    "UTF-16, the high half first": lambda cells: b"\xfe\xff" + csv_bytes(cells, "utf-16-be"),
    "tabs": lambda cells: csv_bytes(cells, "utf-8", "\t"),
    "semicolons": lambda cells: csv_bytes(cells, "gb18030", ";"),
    "pipes": lambda cells: csv_bytes(cells, "utf-8", "|"),
    "JSON": lambda cells: json_bytes(records(cells)),
    "JSON in GB18030": lambda cells: json_bytes(records(cells), "gb18030"),
    "JSON inside JSON": wrapped,
    "JSON, one record a line": lambda cells: b"\n".join(map(json_bytes, records(cells))),
    "JSON of arrays": json_bytes,
    "a web page": html_bytes,
    "a web page in GB18030": lambda cells: html_bytes(cells, "gb18030"),
    "XML of 2003": xml_bytes,
    "XML of 2003 in GB18030": lambda cells: xml_bytes(cells, "gb18030"),
    "an old workbook": lambda cells: xls_bytes(Page("明细", cells_of(cells))),
}
ANY_WAY = st.sampled_from(sorted(WAYS))


@given(rows(), ANY_WAY)
@GIVEN
def test_a_good_table_is_the_same_in_every_kind_of_file(lines: list[Row], chosen: str) -> None:
    """Its cells are, and what is read as the same cells is checked alike; one way is checked."""
    cells = table(lines)
    text = [tuple(cell or None for cell in line) for line in cells]
    for way, write in WAYS.items():
        raw = write(cells)
        source = formats.read(raw, sniff.kind(raw))
        assert source, way
        (grid,) = source.grids
        assert (grid.cells.rows(), grid.marks, source.problems) == (text, Marks(), ()), way
        assert grid.rows.to_list() == list(range(1, len(text) + 1)), way
    plain = examine(csv_bytes(cells), day=DAY)
    assert (plain.outcome, len(plain.lines)) == ("accept", len(lines))
    assert told(examine(WAYS[chosen](cells), day=DAY)) == told(plain)


@given(rows(), st.randoms(use_true_random=False), st.lists(WORDS, max_size=3))
@GIVEN
def test_neither_the_order_of_columns_nor_more_of_them_changes_anything(
    lines: list[Row], chance: random.Random, more: list[str]
) -> None:
    cells = table(lines)
    heads = [f"自定义{number}{word}" for number, word in enumerate(more)]
    wide = [[*row, *(heads if place == 0 else more)] for place, row in enumerate(cells)]
    order = list(range(len(wide[0])))
    chance.shuffle(order)
    turned = [[row[place] for place in order] for row in wide]
    one, other = read(cells), read(turned)
    assert told(one) == told(other)
    assert set(other.file.unknown.values()) == set(heads)


@given(rows(), st.randoms(use_true_random=False))
@GIVEN
def test_the_order_of_rows_changes_only_where_they_stand(
    lines: list[Row], chance: random.Random
) -> None:
    turned = list(lines)
    chance.shuffle(turned)

    def said(some: Sequence[Row]) -> list[tuple[tuple[str, str], ...]]:
        return sorted(tuple(sorted(line.fields.items())) for line in read(table(some)).lines)

    assert said(lines) == said(turned)


FAULTS: dict[str, tuple[str, str]] = {
    "waybill_no": ("7.05E+16", "digits_lost"),
    "transport_mode": ("3", "mode_three"),
    "direction": ("过境", "not_a_choice"),
    "truck_plate": ("蒙A1", "plate_length"),
    "container_no": (box(1)[:10] + str((int(box(1)[10]) + 1) % 10), "container_digit"),
    "exit_customs": ("705", "leading_zero"),
    "dest_country": ("亚特兰蒂斯", "unknown_code"),
    "departure_date": ("03/04/2025", "ambiguous_date"),
    "border_exit_date": ("2025-02-30", "bad_date"),
    "supervision_mode": ("9999", "unknown_code"),
    "goods_name": ("", "missing"),
    "packages": ("12.5", "not_whole"),
    "gross_weight_kg": ("18吨", "unit_in_cell"),
    "hs_code": ("409000000", "leading_zero"),
    "declaration_no": ("07052025O00000000", "letter_for_digit"),
    "freight": ("100", "amount_without_currency"),
}


@given(st.randoms(use_true_random=False), st.integers(2, 30), st.integers(0, 2), ANY_WAY)
@GIVEN
def test_planted_faults_are_found_none_missed_and_none_extra(
    chance: random.Random, count: int, least: int, way: str
) -> None:
    """Up to three faults a row, each found in its row, column and code; and nothing else.

    Where every row has one at least, most of a column may have the same, which is told once.
    """
    names = list(FIELDS)
    lines = [road(number, goods_name=f"服装{number}") for number in range(count)]
    lines.append(road(99, hs_code="6109", declaration_no="070520250000000001", freight="0"))
    planted: set[tuple[str, int, str]] = set()
    columns = [name for name in names if any(line.get(name) for line in lines)]
    usual = chance.sample(sorted(FAULTS), chance.choice((3, len(FAULTS))))
    for place, line in enumerate(lines[:-1]):
        for name in chance.sample(usual, chance.randint(least, 3)):
            bad, code = FAULTS[name]
            line[name] = bad
            planted.add((code, place + 2, name))
    chance.shuffle(columns)
    report = examine(WAYS[way](table(lines, columns)), day=DAY)
    found = {(one.code, row, one.field or "") for one in report.problems for row in one.rows}
    assert found == planted
    assert sum(report.states.values()) == report.rows_read
    for one in report.problems:
        assert report.file.mapping[one.column or ""] == one.field
    kept = {row for _, row, _ in planted}
    assert [line.row for line in report.lines] == [
        row for row in range(2, len(lines) + 2) if row not in kept
    ]

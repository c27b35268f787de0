"""LibreOffice 电子表格程序: recomputes our workbooks, from values that were made wrong before."""

import io
import re
import subprocess
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from openpyxl import load_workbook

from tests import debian

STORED = re.compile(rb"(<f>[^<]*</f><v>)[^<]*(</v>)")
WRONG = rb"\g<1>987654321\g<2>"
SETTINGS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load">
<prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item></oor:items>
"""
"""Recompute every workbook that is opened, whoever wrote it."""
Recomputed = Callable[[bytes], int]
Saved = Callable[[bytes], bytes]


@pytest.fixture(scope="session")
def profile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A profile of its own, which always recomputes."""
    made = tmp_path_factory.mktemp("office")
    (made / "user").mkdir()
    (made / "user" / "registrymodifications.xcu").write_text(SETTINGS, encoding="utf-8")
    return made


@pytest.fixture
def saved(profile: Path, tmp_path: Path) -> Saved:
    """The workbook, opened and saved again by the program."""
    program = debian.OFFICE.find()
    assert program, debian.OFFICE.help

    def work(raw: bytes) -> bytes:
        given, made = tmp_path / "given.xlsx", tmp_path / "made"
        given.write_bytes(raw)
        command = [program, f"-env:UserInstallation=file://{profile}", "--headless"]
        command += ["--convert-to", "xlsx", "--outdir", str(made), str(given)]
        subprocess.run(command, check=True, capture_output=True, timeout=120)
        return (made / given.name).read_bytes()

    return work


@pytest.fixture
def recomputed(saved: Saved) -> Recomputed:
    """How many formulas there are; each comes to what we stored of it, to the last digit shown."""

    def work(raw: bytes) -> int:
        stored, found = values(raw), values(saved(spoilt(raw)))
        places = formulas(raw)
        for place in places:
            assert found[place] == pytest.approx(stored[place], rel=1e-12, abs=1e-9), place
        return len(places)

    return work


def spoilt(raw: bytes) -> bytes:
    """The workbook with a wrong value stored beside each of its formulas."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(raw)) as given, zipfile.ZipFile(out, "w") as made:
        for part in given.infolist():
            made.writestr(part, STORED.sub(WRONG, given.read(part)))
    return out.getvalue()


def values(raw: bytes) -> dict[tuple[str, str], object]:
    """Sheet and address -> the value that is stored there."""
    book = load_workbook(io.BytesIO(raw), data_only=True)
    return {
        (sheet.title, cell.coordinate): cell.value
        for sheet in book.worksheets
        for row in sheet.iter_rows()
        for cell in row
    }


def formulas(raw: bytes) -> list[tuple[str, str]]:
    """Sheet and address of each formula."""
    book = load_workbook(io.BytesIO(raw))
    return [
        (sheet.title, cell.coordinate)
        for sheet in book.worksheets
        for row in sheet.iter_rows()
        for cell in row
        if cell.data_type == "f"
    ]

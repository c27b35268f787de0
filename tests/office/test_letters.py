"""An office program opens the papers in Word and sets every page as they say."""

import subprocess
from pathlib import Path

import pytest

from tests import debian
from tests.unpacked import in_word
from tracker.models.letter_templates import LETTER_KINDS
from tracker.papers import letters
from tracker.papers.filling import fill

VALUES = {name: f"〈{name}〉" for name in letters.VALUES}
LISTS = {
    name: [{column: f"{column}{number}" for column in columns} for number in range(1, 41)]
    for name, columns in letters.LISTS.items()
}


@pytest.mark.parametrize("kind", LETTER_KINDS)
def test_every_paper_opens_and_loses_nothing(kind: str, profile: Path, tmp_path: Path) -> None:
    program = debian.OFFICE.find()
    assert program, debian.OFFICE.help
    given, made = tmp_path / "given.docx", tmp_path / "made"
    given.write_bytes(fill(letters.built_in(kind), VALUES, LISTS))
    for ending in ("pdf", "docx"):
        command = [program, f"-env:UserInstallation=file://{profile}", "--headless"]
        command += ["--convert-to", ending, "--outdir", str(made), str(given)]
        subprocess.run(command, check=True, capture_output=True, timeout=120)
    assert (made / "given.pdf").read_bytes().startswith(b"%PDF")
    assert in_word((made / "given.docx").read_bytes()) == in_word(given.read_bytes())

"""The house rules that a newcomer could break without noticing."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Float, Numeric

import tracker.models
from tracker.db import Base
from tracker.steps.flow import FLOWS

TOP = Path(__file__).parents[1]
PACKAGES = ("tracker", "ingest", "rules", "migrations")
SOURCES = sorted(path for package in PACKAGES for path in (TOP / package).rglob("*.py"))
TESTS = sorted((TOP / "tests").rglob("*.py"))
MOST_LINES_IN_A_FILE = 400
MOST_LINES_IN_A_FUNCTION = 50
TOP_LEVEL = {
    *(".ci", ".gitignore", "LICENSE", "Makefile", "README.md", "pyproject.toml"),
    *("requirements.txt", "wsgi.py", "tracker", "ingest", "rules", "migrations", "tests"),
}
NOT_WORDS = {
    *("prefecture", "banner", "company", "applicant", "lane", "terminal", "gate", "mileage"),
    *("consignment", "voyage", "segment", "scheme", "plugin", "clause", "grant", "provision"),
    *("claim_request", "attachment", "reject", "announce", "transfer", "payment", "payout"),
    *("clawback", "transaction"),
}
"""The "not" words of the vocabulary that no table, column, module, stage or step may bear.

``item`` is the ledger's own word (one shipment's due under one programme), never a cargo line's.
"""


def names() -> Iterator[tuple[str, str]]:
    assert tracker.models.__all__
    for table in Base.metadata.tables.values():
        yield f"table {table.name}", table.name
        for column in table.columns:
            yield f"column {table.name}.{column.name}", column.name
    for path in SOURCES:
        yield f"module {path.relative_to(TOP)}", path.stem
    for kind, steps in FLOWS.items():
        for step in steps:
            yield f"step {kind}.{step.name}", step.name
            yield f"state {kind}.{step.after}", step.after


def test_one_word_stands_for_one_concept() -> None:
    wrong = [
        place
        for place, name in names()
        if NOT_WORDS & set(re.split(r"_+", name.lower())) or name.lower() in NOT_WORDS
    ]
    assert not wrong


@pytest.mark.parametrize("path", [*SOURCES, *TESTS], ids=lambda path: str(path.relative_to(TOP)))
def test_every_file_says_what_it_is_and_stays_small(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    tree = ast.parse(text)
    assert ast.get_docstring(tree), "a module begins with a docstring"
    assert len(text.splitlines()) <= MOST_LINES_IN_A_FILE
    long = [
        node.name
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef)
        and (node.end_lineno or 0) - node.lineno + 1 > MOST_LINES_IN_A_FUNCTION
        and "versions" not in path.parts
    ]
    assert not long


def test_the_top_level_holds_what_the_house_says_and_no_more() -> None:
    kept = {line.split("/")[0] for line in (TOP / ".gitignore").read_text(encoding="utf-8").split()}
    there = {
        path.name
        for path in TOP.iterdir()
        if path.name not in kept and path.name != ".git" and not path.name.startswith(".coverage")
    }
    assert there <= TOP_LEVEL


def test_only_the_database_module_commits() -> None:
    committing = {
        str(path.relative_to(TOP))
        for path in SOURCES
        if re.search(r"\b(session|connection)\.commit\(", path.read_text(encoding="utf-8"))
    }
    assert committing == {"tracker/db.py"}


def test_only_settings_and_the_edges_read_the_environment() -> None:
    reading = {
        str(path.relative_to(TOP))
        for path in SOURCES
        if re.search(r"os import environ|os\.environ|getenv", path.read_text(encoding="utf-8"))
    }
    assert reading == {
        "tracker/cli.py",
        "tracker/web/__init__.py",
        "tracker/serving.py",  # hands the environment on to the parts it starts
        "migrations/env.py",  # where `alembic` itself is run by hand
        "ingest/formats/_process.py",  # hands a bare environment to whom the children come from
    }


def test_no_column_of_any_table_is_a_float() -> None:
    inexact = [
        f"{table.name}.{column.name}"
        for table in Base.metadata.tables.values()
        for column in table.columns
        if isinstance(column.type, Float | Numeric)
    ]
    assert not inexact


def test_pure_packages_never_ask_for_the_time_or_chance() -> None:
    wrong = [
        str(path.relative_to(TOP))
        for path in SOURCES
        if path.relative_to(TOP).parts[0] in {"rules", "ingest"}
        and path.name != "__main__.py"  # a command is an edge: without --day it is today
        and re.search(
            r"datetime\.now|date\.today|time\.time\(|random\.random|urlopen|requests\.",
            path.read_text(encoding="utf-8"),
        )
    ]
    assert not wrong


def test_every_template_uses_each_macro_it_imports() -> None:
    unused = []
    for path in sorted((TOP / "tracker" / "web" / "templates").rglob("*.html")):
        text = path.read_text(encoding="utf-8")
        body = re.sub(r"{%-? from .*?%}", "", text)
        for listed in re.findall(r"{%-? from \S+ import (.*?)(?: with context)? -?%}", text):
            names = [one.split(" as ")[-1].strip() for one in listed.split(",")]
            unused += [f"{path.name} {one}" for one in names if not re.search(rf"\b{one}\b", body)]
    assert not unused


def test_every_template_loads_nothing_from_outside() -> None:
    outside = [
        str(path.relative_to(TOP))
        for path in (TOP / "tracker" / "web").rglob("*.html")
        if re.search(r"(src|href)=[\"']https?://", path.read_text(encoding="utf-8"))
    ]
    assert not outside

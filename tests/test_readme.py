"""The README is true: every setting, command, word and target in it exists; none is missing."""

import re
from dataclasses import fields
from pathlib import Path

import click

from tracker import cli
from tracker.settings import Settings

TOP = Path(__file__).parents[1]
README = (TOP / "README.md").read_text(encoding="utf-8")


def commands() -> set[str]:
    every = [one for one in vars(cli).values() if isinstance(one, click.Command)]
    groups = [one for one in every if isinstance(one, click.Group)]
    grouped = [one for group in groups for one in group.commands.values()]
    alone = {f"flask {one.name}" for one in every if one not in (*groups, *grouped)}
    return alone | {f"flask {group.name} {name}" for group in groups for name in group.commands}


def test_every_setting_is_in_the_readme_and_no_other() -> None:
    settings = {f"TRACKER_{field.name.upper()}" for field in fields(Settings)}
    assert set(re.findall(r"TRACKER_[A-Z_]+", README)) == settings


def test_every_command_is_in_the_readme_and_no_other() -> None:
    told = set(re.findall(r"^\| `(flask [a-z ]+?)` \|", README, flags=re.MULTILINE))
    assert told == commands()


def test_every_make_target_the_readme_names_exists() -> None:
    makefile = (TOP / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z]+):", makefile, flags=re.MULTILINE))
    assert set(re.findall(r"(?:`|^)make ([a-z]+)", README, flags=re.MULTILINE)) <= targets


def test_every_folder_and_file_the_readme_names_is_there() -> None:
    named = re.findall(r"`((?:ingest|tracker|rules|tests|migrations)/[\w./]+)`", README)
    named += re.findall(r"\]\(([\w./]+)\)", README)
    assert named
    assert not [name for name in named if "<" not in name and not (TOP / name).exists()]


def test_the_words_of_the_flows_and_tables_are_explained() -> None:
    for word in (
        *("league", "firm", "corridor", "route", "manifest", "shipment", "method", "rule"),
        *("application", "filing", "allotment", "disbursement", "ledger", "entry", "decision"),
    ):
        assert word in README.lower()

"""Registry 规则目录: every rule there is, and every module that could not be one.

Rules come from the files in `rules/leagues/` and `rules/shapes/` and from installed packages with
the entry point `subsidy_tracker.rules`, all sorted by name. A module or file that fails to load
stays visible as a named fault; an id with two owners belongs to neither.
"""

import importlib
import pkgutil
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache, partial
from importlib.metadata import entry_points
from pathlib import Path
from types import ModuleType

import rules.leagues
import rules.shapes
from rules.composed import compose
from rules.rule import Rule

ENTRY_POINT = "subsidy_tracker.rules"


@dataclass(frozen=True)
class Fault:
    """A module or an id that gives no rule: where, and why in Chinese, with the error's text."""

    name: str
    message: str


@dataclass(frozen=True)
class Registry:
    """Rules by id, sorted, and what stands in the way of others."""

    rules: dict[str, Rule]
    faults: list[Fault]


Found = tuple[str, Rule | Fault]
"""Where it was found, and what."""


def every_rule() -> Registry:
    """All rules of the leagues' folder, all shapes, and those of installed packages."""
    found = [*_in_folder(), *_shapes(), *_installed()]
    faults = [made for _, made in found if isinstance(made, Fault)]
    owners: dict[str, list[tuple[str, Rule]]] = {}
    for where, made in found:
        if isinstance(made, Rule):
            owners.setdefault(made.id, []).append((where, made))
    for name, claims in owners.items():
        if len(claims) > 1:
            places = "、".join(where for where, _ in claims)
            faults.append(Fault(name, f"规则编号 {name} 有多个来源：{places}；均不启用"))
    single = {name: claims[0][1] for name, claims in owners.items() if len(claims) == 1}
    return Registry(dict(sorted(single.items())), faults)


def _in_folder() -> Iterator[Found]:
    names = sorted(m.name for m in pkgutil.iter_modules(rules.leagues.__path__))
    for name in names:
        where = f"rules.leagues.{name}"
        yield from _found(where, partial(importlib.import_module, where))


def _shapes() -> Iterator[Found]:
    paths = sorted(path for folder in rules.shapes.__path__ for path in Path(folder).glob("*.toml"))
    for path in paths:
        yield from _found(f"rules/shapes/{path.name}", partial(_composed, path))


def _composed(path: Path) -> Rule:
    return _of_text(path.read_text(encoding="utf-8"))


@cache
def _of_text(text: str) -> Rule:
    """The rule a file says; the same text is the same rule, so it is put together once."""
    file = tomllib.loads(text)
    usual = file.get("usual", {})
    cases = [
        one | {"facts": [usual | facts for facts in one["facts"]]} for one in file.get("cases", ())
    ]
    return compose(file["rule"], cases)


def _installed() -> Iterator[Found]:
    points = entry_points(group=ENTRY_POINT)
    for point in sorted(points, key=lambda p: (p.name, p.value)):
        yield from _found(f"{point.name} = {point.value}", point.load)


def _found(where: str, load: Callable[[], object]) -> Iterator[Found]:
    try:
        loaded = load()
    except Exception as wrong:  # noqa: BLE001  whatever a module does wrong, the others must run
        why = f"{type(wrong).__name__}: {wrong}"
        yield where, Fault(where, f"规则模块 {where} 无法载入：{why}")
        return
    things = vars(loaded).values() if isinstance(loaded, ModuleType) else [loaded]
    made = [thing for thing in things if isinstance(thing, Rule)]
    if not made:
        yield where, Fault(where, f"规则模块 {where} 中没有规则")
    for one in made:
        yield where, one

"""Table 比对字段: what is looked for, how it is compared, and how near is near."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal, get_args

How = Literal["same", "day", "amount"]
Outcome = Literal["differs", "near", "agrees"]
OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)
"""不一致, 相近, 一致: what a comparison comes to; of several the first one here counts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """How one field is compared; see ``compared.toml``."""

    name: str
    how: How
    found_by: Literal["", "document", "vehicle"] = ""
    near: int = 0
    at_least: Decimal = Decimal(0)
    among: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Days:
    """How far apart days may be where a row is to be of a shipment."""

    vehicle: int
    document: int
    waits: int


def _rule(name: str, row: Mapping[str, Any]) -> Rule:
    known: dict[str, Any] = {"name": name, **row}
    known["at_least"] = Decimal(known.get("at_least", "0"))
    known["among"] = tuple(known.get("among", ()))
    return Rule(**known)


_TABLE = tomllib.loads(Path(__file__).with_name("compared.toml").read_text(encoding="utf-8"))
DAYS = Days(**_TABLE["days"])
COMPARED: Mapping[str, Rule] = {name: _rule(name, row) for name, row in _TABLE["compared"].items()}
"""Field -> how it is compared, in the order in which findings are told."""
TAKEN = tuple(COMPARED)
"""The fields whose columns are read; any other column is only kept in the file."""
FOUND_BY = tuple(name for name, rule in COMPARED.items() if rule.found_by)
"""The fields by which a shipment is found; a sheet without any is of no use."""
DOCUMENTS = tuple(name for name, rule in COMPARED.items() if rule.found_by == "document")
VEHICLES = tuple(name for name, rule in COMPARED.items() if rule.found_by == "vehicle")
PARTS = ("waybill_no", "declaration_no", "list_no", "container_no")
"""What tells the goods of one row from those of another on the same vehicle."""
CROSSINGS = ("border_exit_date", "departure_date")
"""What tells the day of a row, the first that is there."""

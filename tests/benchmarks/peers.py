"""The peers 同类工具: what others need to check the same lines by the same twenty rules.

They run in an environment of their own, so nothing of ours stands on them:
``python peers.py NAME CSV`` checks the file with one of them and prints, as JSON, the processor
seconds of checking alone and how many rows it found to be wrong. A pattern says what a cell may
be; where a peer has no rule for two cells together, it is a function, as its users would write it.
"""

import csv
import json
import re
import sys
import time
from collections.abc import Callable
from datetime import date
from importlib import import_module
from pathlib import Path
from typing import Any

WEIGHT, DAY = r"^\d+(\.\d+)?$", r"^20\d{2}-(0[1-9]|1[0-2])-([0-2]\d|3[01])$"
PATTERNS = {
    "waybill_no": r"^[A-Z0-9\-/]{1,37}$",
    "trip_batch_no": r"^[A-Z0-9\-/]{1,32}$",
    "firm_code": r"^[0-9A-HJ-NPQRTUWXY]{18}$",
    "transport_mode": "^(公路|铁路)$",
    "direction": "^(出口|进口)$",
    "truck_plate": r"^.[A-Z][A-Z0-9]{5,6}$",
    "container_no": r"^[A-Z]{3}[UJZ]\d{7}$",
    "exit_customs": "^(0705|二连公路|0609)$",
    "dest_country": "^(俄罗斯|DE|PL|蒙古)$",
    "departure_date": DAY,
    "border_exit_date": DAY,
    "arrival_date": DAY,
    "supervision_mode": "^(9610|9710|0110|1210)$",
    "list_no": r"^\d{4}20\d{2}[IE]\d{9,11}$",
    "hs_code": r"^(?:\d{2}){2,5}$",
    "goods_name": "^.+$",
    "packages": r"^\d+$",
    "gross_weight_kg": WEIGHT,
}
LETTERS = {chr(65 + place): 10 + place + (9 + place) // 10 for place in range(26)}
FORM = re.compile(PATTERNS["container_no"])
DAYS = ("departure_date", "border_exit_date", "arrival_date")
Row = dict[str, str]
Run = Callable[[], int]


def digit_is_right(number: str) -> bool:
    """Whether a box number ends in its check digit."""
    if not FORM.match(number):
        return False
    values = (LETTERS.get(one) or int(one) for one in number[:10])
    return sum(value << place for place, value in enumerate(values)) % 11 % 10 == int(number[10])


def days_in_order(row: Row) -> bool:
    """Whether it leaves, crosses the border and arrives on real days, in this order."""
    try:
        days = [date.fromisoformat(row[name]) for name in DAYS]
    except ValueError:
        return False
    return days == sorted(days)


def read(path: Path) -> list[Row]:
    """The file as lines; what a peer needs for that is not measured."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def pydantic(path: Path) -> Run:
    """A model a line, compiled to Rust; the box and the days are validators in Python."""
    peer: Any = import_module("pydantic")

    def box(number: str) -> str:
        if not digit_is_right(number):
            raise ValueError(number)
        return number

    def days(model: Any) -> Any:  # noqa: ANN401  a model that is made at run time
        if not days_in_order(vars(model)):
            raise ValueError(model)
        return model

    fields: Any = {name: (peer.constr(pattern=said), ...) for name, said in PATTERNS.items()}
    validators = {
        "box": peer.field_validator("container_no")(box),
        "days": peer.model_validator(mode="after")(days),
    }
    check = peer.create_model("Row", __validators__=validators, **fields).model_validate
    return _one_by_one(check, peer.ValidationError, read(path))


def marshmallow(path: Path) -> Run:
    """A schema loaded line by line."""
    peer: Any = import_module("marshmallow")

    def box(number: str) -> None:
        if not digit_is_right(number):
            raise peer.ValidationError(number)

    def days(_schema: object, row: Row, **_more: object) -> None:
        if not days_in_order(row):
            raise peer.ValidationError(row[DAYS[0]])

    fields = {
        name: peer.fields.String(required=True, validate=[peer.validate.Regexp(said)])
        for name, said in PATTERNS.items()
    }
    fields["container_no"].validators.append(box)
    schema = type("Row", (peer.Schema,), {**fields, "days": peer.validates_schema(days)})(
        unknown=peer.EXCLUDE
    )
    return _one_by_one(schema.load, peer.ValidationError, read(path))


def pandera(path: Path) -> Run:
    """A schema over a polars frame, all faults gathered."""
    polars: Any = import_module("polars")
    peer: Any = import_module("pandera.polars")
    col = polars.col

    def box(data: Any) -> Any:  # noqa: ANN401  pandera's own
        number = col(data.key)
        total = polars.sum_horizontal(
            number.str.slice(place, 1)
            .replace({one: str(value) for one, value in LETTERS.items()})
            .cast(polars.Int64, strict=False)
            * 2**place
            for place in range(10)
        )
        right = (total % 11 % 10) == number.str.slice(10, 1).cast(polars.Int64, strict=False)
        return data.lazyframe.select(right.fill_null(value=False))

    def days(data: Any) -> Any:  # noqa: ANN401  pandera's own
        first, then, last = (col(name).str.to_date(strict=False) for name in DAYS)
        right = (first <= then) & (then <= last)
        return data.lazyframe.select(right.fill_null(value=False))

    checks = {name: [peer.Check.str_matches(said)] for name, said in PATTERNS.items()}
    checks["container_no"].append(peer.Check(box))
    schema = peer.DataFrameSchema(
        {name: peer.Column(str, said) for name, said in checks.items()}, checks=[peer.Check(days)]
    )
    frame = polars.read_csv(path, infer_schema=False)
    errors: Any = import_module("pandera.errors")

    def run() -> int:
        try:
            schema.validate(frame, lazy=True)
        except errors.SchemaErrors as found:
            return len(set(found.failure_cases["index"].drop_nulls().to_list()))
        return 0

    return run


def frictionless(path: Path) -> Run:
    """A table schema; reading belongs to checking here, there is no other way."""
    peer: Any = import_module("frictionless")
    names = next(csv.reader(path.open(encoding="utf-8", newline="")))
    fields = [
        {"name": name, "type": "string"}
        | (
            {"constraints": {"required": True, "pattern": PATTERNS[name]}}
            if name in PATTERNS
            else {}
        )
        for name in names
    ]
    schema = peer.Schema.from_descriptor({"fields": fields})

    class Whole(peer.Check):  # type: ignore[misc]  # a class of the peer
        """The rules of more than a pattern."""

        Errors = [peer.errors.RowConstraintError]  # noqa: RUF012  as frictionless asks

        def validate_row(self, row: Any) -> Any:  # noqa: ANN401  frictionless's own
            if not (digit_is_right(row["container_no"]) and days_in_order(row)):
                yield peer.errors.RowConstraintError.from_row(row, note="digit, days")

    def run() -> int:
        file = peer.Resource(path=path.name, basepath=str(path.parent), schema=schema)
        found = peer.validate(file, checks=[Whole()], limit_errors=10**6)
        return len({row for (row,) in found.flatten(["rowNumber"])})

    return run


def _one_by_one(check: Callable[[Row], object], wrong: type[Exception], rows: list[Row]) -> Run:
    def run() -> int:
        found = 0
        for row in rows:
            try:
                check(row)
            except wrong:
                found += 1
        return found

    return run


READ_TOO = ("frictionless",)
"""Peers that cannot check without reading the file: laid beside both of ours."""
PEERS = {one.__name__: one for one in (frictionless, pydantic, marshmallow, pandera)}

if __name__ == "__main__":
    prepared = PEERS[sys.argv[1]](Path(sys.argv[2]))
    begin = time.process_time()
    wrong_rows = prepared()
    told = {"seconds": time.process_time() - begin, "rows": wrong_rows}
    sys.stdout.write(json.dumps(told))

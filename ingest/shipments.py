"""Cargo lines grouped to shipments 车次/箱, the unit that is paid, and the keys both are known by.

Road: one vehicle crossing (trip batch or TIR carnet, plate or trailer, exit date). Rail: one box on
one train. Three waybills on a truck are one shipment, one waybill on three trucks is three.
The order of the lines, the file they came in and its encoding change nothing.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from types import MappingProxyType
from typing import Literal

from ingest import codes
from ingest.rows import Line, Problem, problem

Mode = Literal["ROAD", "RAIL"]
AGREE = ("direction", "departure_date", "border_exit_date", "exit_customs", "load_state")
"""What all lines of one shipment must say alike; a difference is asked about."""
PARTIES = ("origin_country", "origin_place", "hub", "border_station", "dest_country", "dest_place")
"""What lines may say differently (several unloadings); the heaviest value stands for the unit."""
SEPARATOR = "|"


@dataclass(frozen=True, slots=True)
class Box:
    """A container 集装箱 of a shipment; `feu_halves` is 1 for 20 ft, 2 for 40 ft and longer."""

    container_no: str
    container_type: str = ""
    feu_halves: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ShipmentUnit:
    """One paid unit with its lines; text fields are blank where no line says anything.

    Weights are whole grams, amounts whole fen (hundredths) by currency; both are summed exactly
    and rounded once. `earlier_key` is the key the unit had while its exit date was unknown, so that
    the same truck is recognised when the date comes in.
    """

    unit_key: str
    lines: tuple[Line, ...]
    mode: Mode
    direction: str
    departure_date: date
    border_exit_date: date | None
    truck_plate: str
    trailer_plate: str
    trip_batch_no: str
    tir_carnet_no: str
    train_no: str
    containers: tuple[Box, ...]
    origin_country: str
    origin_place: str
    hub: str
    border_station: str
    exit_customs: str
    dest_country: str
    dest_place: str
    empty: bool
    packages: int
    gross_weight_g: int
    freight_fen: Mapping[str, int]
    goods_value_fen: Mapping[str, int]
    problems: tuple[Problem, ...] = ()
    earlier_key: str | None = None
    line_keys: tuple[str, ...] = field(default=())


def unit_key(line: Line, exit_date: str = "") -> str:
    """Return the key of the shipment the line belongs to; no part of it is ever blank.

    `exit_date` (ISO) stands in where the line has none but its truck's other lines do.
    """
    if line["transport_mode"] == "RAIL":
        parts = ("RAIL", line["train_no"], line["departure_date"], line["container_no"])
    else:
        day = line["border_exit_date"] or exit_date or line["departure_date"]
        parts = ("ROAD", line["trip_batch_no"] or line["tir_carnet_no"], _vehicle(line), day)
    return SEPARATOR.join(part for part in parts if part)


def earlier_key(line: Line) -> str | None:
    """Return the key a road line had before its exit date was known; None where nothing changed."""
    if line["transport_mode"] == "RAIL" or not line["border_exit_date"]:
        return None
    waiting = {**line.fields, "border_exit_date": ""}
    return unit_key(Line(line.sheet, line.row, waiting))


def line_key(line: Line, unit: str | None = None) -> str:
    """Return the business key of a line within its firm: the shipment's key and the waybill."""
    return SEPARATOR.join((unit or unit_key(line), line["waybill_no"]))


def content_sha256(line: Line) -> str:
    """Hash what the line says, to tell a changed line from the same one; place plays no part."""
    said = {name: value for name, value in line.fields.items() if value}
    text = json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def grams(weights_kg: Iterable[str]) -> int:
    """Sum weights in kilograms exactly and round once to whole grams; blanks count nothing."""
    return _scaled(weights_kg, 1000)


def fen(amounts: Iterable[tuple[str, str]]) -> dict[str, int]:
    """Sum (amount, currency) pairs exactly, rounding once a currency to whole hundredths."""
    said: dict[str, list[str]] = {}
    for amount, currency in amounts:
        if amount:
            said.setdefault(currency, []).append(amount)
    return {currency: _scaled(texts, 100) for currency, texts in sorted(said.items())}


def group(lines: Sequence[Line]) -> tuple[ShipmentUnit, ...]:
    """Group lines to shipments, in the order of their keys."""
    exits = _exits(lines)
    units: dict[str, list[Line]] = {}
    for line in lines:
        units.setdefault(unit_key(line, exits.get(_trip(line), "")), []).append(line)
    return tuple(unit_of(key, found) for key, found in sorted(units.items()))


def _vehicle(line: Line) -> str:
    return line["truck_plate"] or line["trailer_plate"]


def _trip(line: Line) -> tuple[str, ...]:
    batch = line["trip_batch_no"] or line["tir_carnet_no"]
    return (line["transport_mode"], batch, _vehicle(line), line["departure_date"])


def _exits(lines: Iterable[Line]) -> dict[tuple[str, ...], str]:
    """Return the exit date of each trip, where its lines name exactly one."""
    said: dict[tuple[str, ...], set[str]] = {}
    for line in lines:
        if line["border_exit_date"]:
            said.setdefault(_trip(line), set()).add(line["border_exit_date"])
    return {trip: next(iter(days)) for trip, days in said.items() if len(days) == 1}


def unit_of(key: str, members: Iterable[Line]) -> ShipmentUnit:
    """Put the lines together that belong to the shipment of this key."""
    lines = tuple(members)
    if len(lines) > 1:
        lines = tuple(sorted(lines, key=lambda line: (line["waybill_no"], content_sha256(line))))
    first = {name: _heaviest(lines, name) for name in (*PARTIES, *AGREE, "truck_plate")}
    exit_day = first["border_exit_date"]
    mode: Mode = "RAIL" if lines[0]["transport_mode"] == "RAIL" else "ROAD"
    before = None if mode == "RAIL" or not exit_day else _before(lines)
    return ShipmentUnit(
        unit_key=key,
        lines=lines,
        mode=mode,
        direction=first["direction"],
        departure_date=date.fromisoformat(first["departure_date"]),
        border_exit_date=date.fromisoformat(exit_day) if exit_day else None,
        truck_plate=first["truck_plate"],
        trailer_plate=_heaviest(lines, "trailer_plate"),
        trip_batch_no=_heaviest(lines, "trip_batch_no"),
        tir_carnet_no=_heaviest(lines, "tir_carnet_no"),
        train_no=_heaviest(lines, "train_no"),
        containers=_boxes(lines),
        **{name: first[name] for name in PARTIES},
        exit_customs=first["exit_customs"],
        empty=all(line["load_state"] == "EMPTY" for line in lines),
        packages=sum(int(line["packages"] or 0) for line in lines),
        gross_weight_g=grams(line["gross_weight_kg"] for line in lines),
        freight_fen=_sums(lines, "freight", "freight_currency"),
        goods_value_fen=_sums(lines, "goods_value", "currency"),
        problems=(*_contradictions(lines), *_unnumbered(mode, lines)),
        earlier_key=before,
        line_keys=tuple(line_key(line, key) for line in lines),
    )


def _before(lines: Iterable[Line]) -> str | None:
    return next((key for key in map(earlier_key, lines) if key), None)


def _sums(lines: Iterable[Line], amount: str, currency: str) -> Mapping[str, int]:
    return MappingProxyType(fen((line[amount], line[currency]) for line in lines))


def _heaviest(lines: Sequence[Line], name: str) -> str:
    """Return the value that most weight stands behind; on a tie, the first in the alphabet."""
    if len(lines) == 1:  # as most units have
        return lines[0][name]
    weights: dict[str, int] = {}
    for line in lines:
        if line[name]:
            weights[line[name]] = weights.get(line[name], 0) + grams([line["gross_weight_kg"]])
    return min(weights, key=lambda value: (-weights[value], value), default="")


def _boxes(lines: Iterable[Line]) -> tuple[Box, ...]:
    types: dict[str, str] = {}
    for line in lines:
        if line["container_no"]:
            types[line["container_no"]] = line["container_type"] or types.get(
                line["container_no"], ""
            )
    sizes = codes.load("container_types").rows
    return tuple(
        Box(number, kind, int(sizes[kind]["feu_halves"]) if kind in sizes else 0)
        for number, kind in sorted(types.items())
    )


def _contradictions(lines: Sequence[Line]) -> tuple[Problem, ...]:
    if len(lines) == 1:
        return ()
    found = []
    for name in AGREE:
        said = [line for line in lines if line[name]]
        odd = next((line for line in said if line[name] != said[0][name]), None)
        if odd:
            args = {"other": said[0][name], "other_row": said[0].row}
            where = {"field": name, "value": odd[name]}
            found.append(problem("unit_contradicts", odd.sheet, odd.row, **where, args=args))
    return tuple(found)


def _unnumbered(mode: Mode, lines: Sequence[Line]) -> tuple[Problem, ...]:
    if mode == "RAIL" or any(line["trip_batch_no"] or line["tir_carnet_no"] for line in lines):
        return ()
    first = lines[0]
    return (problem("no_trip_number", first.sheet, first.row, field="trip_batch_no"),)


def _scaled(texts: Iterable[str], scale: int) -> int:
    total = sum((Decimal(text) for text in texts if text), Decimal(0)) * scale
    return int(total.to_integral_value(ROUND_HALF_UP))

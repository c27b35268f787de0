"""Likeness 相似: whether a line is another one with a key field put right.

A shipment's key and the waybill say which line a line is. A mistyped plate, batch number, day, box
or waybill makes another line of it, which nobody would find again: so a line that differs in one
part of its key only, and else says the same or nearly so, is offered as the correction of it.
"""

from collections.abc import Iterator

from ingest.rows import Line

MOST_OTHERS = 2
"""Values beside the key that may differ: whoever mends a row may mend more than one cell."""
ROAD: dict[str, tuple[str, ...]] = {
    "waybill": ("waybill_no",),
    "trip": ("trip_batch_no", "tir_carnet_no"),
    "vehicle": ("truck_plate", "trailer_plate"),
    "day": ("border_exit_date", "departure_date"),
}
RAIL: dict[str, tuple[str, ...]] = {
    "waybill": ("waybill_no",),
    "train": ("train_no",),
    "day": ("departure_date",),
    "box": ("container_no",),
}
KEYS = {"ROAD": ROAD, "RAIL": RAIL}
"""Mode -> part of the key -> the fields that say it; the first that is filled counts."""


def masks(line: Line) -> Iterator[tuple[str, ...]]:
    """The line's key with one part after another left out: lines one part apart share one."""
    mode = line["transport_mode"]
    parts = KEYS.get(mode, {})
    for left_out in parts:
        rest = (_said(line, fields) for name, fields in parts.items() if name != left_out)
        yield (mode, left_out, *rest)


def others_apart(line: Line, other: Line) -> int | None:
    """How many values beside the key differ, where one key part does; None where it is no such.

    Lines of two modes, with the same key, with two parts of it apart, or with more than
    ``MOST_OTHERS`` other values apart are none.
    """
    parts = KEYS.get(line["transport_mode"])
    if parts is None or line["transport_mode"] != other["transport_mode"]:
        return None
    apart = [name for name, fields in parts.items() if _said(line, fields) != _said(other, fields)]
    if len(apart) != 1:
        return None
    moved = set(parts[apart[0]])
    names = (line.fields.keys() | other.fields.keys()) - moved
    differing = sum(line[name] != other[name] for name in names)
    return differing if differing <= MOST_OTHERS else None


def _said(line: Line, fields: tuple[str, ...]) -> str:
    return next((line[name] for name in fields if line[name]), "")

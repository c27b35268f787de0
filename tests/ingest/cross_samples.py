"""Cross samples 比对样例: a truck as we hold it, and rows that somebody else says of it."""

from collections.abc import Mapping
from datetime import date

from ingest.cross_checks import Held, Row, Stated
from tests.ingest.manifest_samples import box

LINE = {
    "transport_mode": "ROAD",
    "direction": "E",
    "waybill_no": "CMR1",
    "trip_batch_no": "B1",
    "truck_plate": "蒙A00001",
    "trailer_plate": "蒙A0001挂",
    "container_no": box(1),
    "departure_date": "2026-03-02",
    "border_exit_date": "2026-03-04",
    "exit_customs": "0705",
    "dest_country": "RU",
    "supervision_mode": "9710",
    "declaration_no": "070520261000000001",
    "packages": "100",
    "gross_weight_kg": "8000.5",
}
SECOND = LINE | {
    "waybill_no": "CMR2",
    "declaration_no": "070520261000000002",
    "packages": "20",
    "gross_weight_kg": "1000",
}
MARCH = Stated(first=date(2026, 3, 1), last=date(2026, 3, 31))


def held(key: int = 1, *lines: Mapping[str, str], **more: str) -> Held:
    """What we hold of a truck, with these values instead of the usual ones."""
    said = tuple({**one, **more} for one in (lines or (LINE,)))
    first = said[0]
    left = first.get("border_exit_date")
    return Held(
        key=key,
        mode=first["transport_mode"],
        direction=first["direction"],
        departure=date.fromisoformat(first["departure_date"]),
        exit=date.fromisoformat(left) if left else None,
        port=first["exit_customs"],
        lines=said,
    )


def row(number: int = 2, names: str = "", **said: str) -> Row:
    """A row that says what the line says of the named fields, and otherwise what is given."""
    return Row(number, {**{name: LINE[name] for name in names.split()}, **said})

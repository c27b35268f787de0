"""Cross-border e-commerce messages 跨境电商报文 (CEB) of one vehicle's lists or parcels.

Thousands of parcels ride on one truck, and the tracker counts trucks: all records of one bill on
one voyage become one line, with their number and their exact sums.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from lxml import etree

from ingest.fields import FIELDS
from ingest.formats import _message
from ingest.formats._message import Row, every, find, text
from ingest.grid import Source
from ingest.identifiers import PLATE
from ingest.quantities import canonical
from ingest.rows import Problem, problem

KINDS = ("ceb",)
NAME, APART = "ceb", 0
RECORDS = {
    "CEB505": ("Logistics", ""),
    "CEB507": ("Arrival", "ArrivalHead"),
    "CEB509": ("Departure", "DepartureHead"),
    "CEB603": ("Inventory", "InventoryHead"),
    "CEB607": ("WayBill", "WayBillHead"),
}
"""Message -> element of one record, and the element in it that holds the head's fields."""
PARCELS = {"CEB507": "ArrivalList", "CEB509": "DepartureList", "CEB607": "WayBillList"}
DELETES = "3"
NUMBER = re.compile(r"[0-9]{1,14}(?:\.[0-9]{1,5})?")
"""As long as the messages allow; a million of them still add up exactly."""
RAIL, TOTAL_FEE = "3", frozenset({"", "3"})
SAID = {
    "waybill_no": ("billNo",),
    "exit_customs": ("portCode",),
    "dest_country": ("country", "tradeCountry"),
    "dest_place": ("POD",),
    "supervision_mode": ("tradeMode",),
    "package_type": ("wrapType",),
}
"""Field -> elements of a head. Records that differ show every value, so that a person is asked."""
SUMS = {"packages": "packNo", "gross_weight_kg": "grossWeight", "net_weight_kg": "netWeight"}


@dataclass(slots=True)
class Record:
    """One list, parcel or consolidation: its place in the file, its head, what belongs to it."""

    ordinal: int
    head: Mapping[str, str]
    whole: etree._Element
    parcels: dict[str, None] = field(default_factory=dict)

    def __getitem__(self, name: str) -> str:
        """Return a field of the head, blank when it is not said."""
        return self.head.get(name, "")

    @property
    def vehicle(self) -> str:
        """What carries it: the means of transport, or the truck to the supervised site."""
        return self["trafName"] or self["domesticTrafNo"]


@dataclass(slots=True)
class Kept:
    """The records that count, by their numbers, and how many others there were."""

    records: dict[tuple[str, ...], Record] = field(default_factory=dict)
    parts: set[tuple[str, str]] = field(default_factory=set)
    deleted: int = 0
    repeated: int = 0


def read(raw: bytes) -> Source:
    """Read an e-commerce message; one that names no vehicle is refused by its name."""
    message = _message.parse(raw)
    if isinstance(message, Problem):
        return Source(NAME, None, (), (message,))
    title = _message.name(message.root).removesuffix("Message")
    kept = _kept(message.root, title)
    if trouble := _trouble(kept, title):
        return Source(NAME, message.encoding, (), (trouble,))
    told = [*_parts(kept.parts, title), *_left_out(kept, title)]
    rows: list[Row] = []
    numbers: list[int] = []
    for records in _vehicles(kept.records.values()):
        numbers.append(records[0].ordinal + 1)
        row, problems = _line(records, title, numbers[-1])
        rows.append(row)
        told += problems
    grid = _message.sheet(title, rows, numbers)
    return Source(NAME, message.encoding, (grid,), tuple(told))


def _kept(root: etree._Element, title: str) -> Kept:
    """Take the last version of every record; one declared as deleted takes an earlier one away."""
    kept = Kept()
    for ordinal, whole in enumerate(every(root, RECORDS.get(title, ("none", ""))[0]), 1):
        one = _record(ordinal, whole, title)
        key = _key(one)
        kept.parts.add((one["msgCount"], one["msgSeqNo"]))
        if one["appType"] == DELETES:
            kept.deleted += 1
            kept.records.pop(key, None)
            continue
        if earlier := kept.records.get(key):
            kept.repeated += earlier["msgSeqNo"] == one["msgSeqNo"]
            one.ordinal, one.parcels = earlier.ordinal, earlier.parcels | one.parcels
        kept.records[key] = one
    return kept


def _record(ordinal: int, whole: etree._Element, title: str) -> Record:
    name = RECORDS[title][1]
    head = find(whole, name) if name else None
    one = Record(ordinal, _message.texts(whole if head is None else head), whole)
    one.parcels = dict.fromkeys(_parcels(one, title))
    return one


def _key(one: Record) -> tuple[str, ...]:
    """Return the numbers that tell a record from others; without any, its place does."""
    numbers = tuple(one[name] for name in ("copNo", "logisticsCode", "logisticsNo", "billNo"))
    return numbers if any(numbers) else (str(one.ordinal),)


def _parcels(one: Record, title: str) -> Iterable[str]:
    if title not in PARCELS:
        return ["/".join(_key(one))]
    listed = every(one.whole, PARCELS[title])
    return filter(None, (text(parcel, "logisticsNo", "totalPackageNo") for parcel in listed))


def _trouble(kept: Kept, title: str) -> Problem | None:
    if title not in RECORDS:
        args = {"wanted": "CEB603、CEB607、CEB509"}
        return problem("message_kind", title, value=title, args=args)
    if not kept.records:
        code = "message_deletes" if kept.deleted else "message_empty"
        return problem(code, title, value=title)
    if not any(one["billNo"] or one["voyageNo"] or one.vehicle for one in kept.records.values()):
        return problem("message_no_vehicle", title, value=title)
    return None


def _parts(seen: set[tuple[str, str]], title: str) -> Iterable[Problem]:
    """Tell that a message was split, and which of its parts are here."""
    for count in sorted({count for count, _ in seen if count not in {"", "0", "1"}}):
        here = sorted({part for whole, part in seen if whole == count and part})
        if str(len(here)) != count:
            yield problem("message_parts", title, value="、".join(here), args={"count": count})


def _left_out(kept: Kept, title: str) -> Iterable[Problem]:
    counts = {"records_deleted": kept.deleted, "records_repeated": kept.repeated}
    return [problem(code, title, args={"count": n}) for code, n in counts.items() if n]


def _vehicles(records: Iterable[Record]) -> list[list[Record]]:
    """Put the records of one bill, voyage and vehicle together, in the order of the file."""
    found: dict[tuple[str, ...], list[Record]] = {}
    for one in sorted(records, key=lambda one: one.ordinal):
        found.setdefault((one["billNo"], one["voyageNo"], one.vehicle), []).append(one)
    return list(found.values())


def _line(records: list[Record], title: str, number: int) -> tuple[Row, list[Problem]]:
    """Make one line of the records of a vehicle."""
    row = {name: _agreed(records, names) for name, names in SAID.items()}
    row |= {name: _sum(one[element] for one in records) for name, element in SUMS.items()}
    row |= _way(records, title) | _goods(records)
    told = []
    for amount, currency, what in AMOUNTS:
        sums = what(records)
        if len(sums) == 1:
            ((row[currency], row[amount]),) = sums.items()
        elif sums:
            known = FIELDS[amount]
            args = {"what": known.zh, "what_en": known.en.lower()}
            told.append(
                problem("several_currencies", title, number, value="、".join(sums), args=args)
            )
    return row, told


def _agreed(records: Iterable[Record], names: tuple[str, ...]) -> str:
    said = (next(filter(None, (one[name] for name in names)), "") for one in records)
    return "、".join(filter(None, dict.fromkeys(said)))


def _way(records: list[Record], title: str) -> dict[str, str]:
    """Return how the goods travel. These are all messages of the export side."""
    first = records[0]
    mode = _agreed(records, ("trafMode",))
    # 3 is the railway in the customs list and the road in another; a plate beside it is asked about
    rail = mode == RAIL and not PLATE.match(first.vehicle)
    days = {one["leaveTime"] or one["ieDate"] for one in records}
    parcels = {parcel for one in records for parcel in one.parcels}
    lists = {one["invtNo"] for one in records}
    way = {
        "transport_mode": "铁路" if rail else mode,
        "direction": _agreed(records, ("ieFlag",)) or "E",
        "list_count": str(len(parcels)) if parcels else "",
        "list_no": lists.pop() if len(records) == 1 else "",
        # lists that name different days do not say on which of them the vehicle left
        "border_exit_date": days.pop() if len(days) == 1 else "",
    }
    if title == "CEB509":  # told to the office where the goods leave
        way["exit_customs"] = _agreed(records, ("customsCode",))
    if rail:
        return way | {"train_no": first.vehicle or first["voyageNo"]}
    return way | {"truck_plate": first.vehicle, "trip_batch_no": first["voyageNo"]}


def _goods(records: Iterable[Record]) -> dict[str, str]:
    names: list[str] = []
    codes: set[str] = set()
    for one in records:
        items = every(one.whole, "InventoryList")
        names += [one["goodsInfo"], *(text(item, "gname", "itemName") for item in items)]
        codes |= {text(item, "gcode") for item in items}
    return {
        "goods_name": _message.several(names, FIELDS["goods_name"].max or 0),
        "hs_code": codes.pop() if len(codes) == 1 else "",
    }


def _sum(texts: Iterable[str]) -> str:
    """Add up exactly; a text that is no plain number stays as it is, for the checks to tell."""
    said = list(filter(None, texts))
    if odd := next((one for one in said if not NUMBER.fullmatch(one)), None):
        return odd
    return canonical(format(sum(map(Decimal, said), Decimal(0)), "f")) if said else ""


def _values(records: Iterable[Record]) -> Mapping[str, str]:
    items = [item for one in records for item in every(one.whole, "InventoryList")]
    return _by_currency((text(item, "currency"), text(item, "totalPrice")) for item in items)


def _freight(records: Iterable[Record]) -> Mapping[str, str]:
    """Add up the freight; a rate or a price per unit is no amount."""
    return _by_currency(
        (one["fCurrency"] or one["currency"], one["freight"])
        for one in records
        if one["fFlag"] in TOTAL_FEE
    )


def _by_currency(amounts: Iterable[tuple[str, str]]) -> Mapping[str, str]:
    found: dict[str, list[str]] = {}
    for currency, amount in amounts:
        if amount:
            found.setdefault(currency, []).append(amount)
    return {currency: _sum(said) for currency, said in found.items()}


AMOUNTS: tuple[tuple[str, str, Callable[[Iterable[Record]], Mapping[str, str]]], ...] = (
    ("goods_value", "currency", _values),
    ("freight", "freight_currency", _freight),
)
"""Amount, its currency, and how its sums are found."""

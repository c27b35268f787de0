"""Road manifests 公路舱单 that customs receives: MT1401 (inbound) and MT2401 (outbound).

One waybill of the message becomes one line. A waybill in several boxes stays one line, so that its
weight and value are told once; the boxes beyond the first stand in the remark, with a notice.
"""

import re

from lxml import etree

from ingest.fields import FIELDS
from ingest.formats import _message
from ingest.formats._message import Message, Row, every, find, text
from ingest.grid import Source
from ingest.identifiers import PLATE
from ingest.rows import Problem, problem

KINDS = ("mt",)
NAME, APART = "mt", 0
DIRECTIONS = {"MT1401": "I", "MT2401": "E"}
TYPE = re.compile(r"MT\d{4}")
DELETES = "3"
KILOGRAMS = frozenset({"", "KGM", "KG", "035"})
LOADS = {"4": "EMPTY", "5": "FULL"}
WITH_ZONE = re.compile(r"(\d{14})086")
"""A time with the telephone code of China for its zone, as these messages have it."""


def read(raw: bytes) -> Source:
    """Read a manifest message; what is no inbound or outbound manifest is refused by its name."""
    message = _message.parse(raw)
    if isinstance(message, Problem):
        return Source(NAME, None, (), (message,))
    title = _title(message.root)
    trouble = _trouble(message.root, title)
    if trouble:
        return Source(NAME, message.encoding, (), (trouble,))
    return _lines(message, title)


def _title(root: etree._Element) -> str:
    found = TYPE.search(" ".join(filter(None, root.nsmap.values())))
    return found[0] if found else ""


def _trouble(root: etree._Element, title: str) -> Problem | None:
    if title not in DIRECTIONS:
        args = {"wanted": "MT1401、MT2401"}
        return problem("message_kind", title, value=title, args=args)
    if text(root, "Head/FunctionCode") == DELETES:
        return problem("message_deletes", title, value=title)
    if not any(every(one, "Consignment") for one in _declarations(root)):
        return problem("message_empty", title, value=title)
    return None


def _declarations(root: etree._Element) -> list[etree._Element]:
    return [root] if _message.name(root) == "Declaration" else every(root, "Declaration")


def _lines(message: Message, title: str) -> Source:
    rows: list[Row] = []
    told: list[Problem] = []
    for declaration in _declarations(message.root):
        trip = _trip(declaration, title)
        for consignment in every(declaration, "Consignment"):
            boxes = list(filter(None, map(_box_number, every(consignment, "TransportEquipment"))))
            if len(boxes) > 1:
                args = {"count": len(boxes)}
                told.append(
                    problem("more_boxes", title, len(rows) + 2, value="、".join(boxes), args=args)
                )
            rows.append(trip | _goods(consignment) | _boxed(consignment, boxes))
    return Source(NAME, message.encoding, (_message.sheet(title, rows),), tuple(told))


def _trip(declaration: etree._Element, title: str) -> dict[str, str]:
    """Return what the head of the message says of all its waybills."""
    vehicle = find(declaration, "BorderTransportMeans")
    return {
        "trip_batch_no": text(declaration, "ID"),
        "transport_mode": "公路",
        "direction": DIRECTIONS[title],
        "truck_plate": _plate(text(vehicle, "ID"), text(vehicle, "Name")),
        "trailer_plate": text(declaration, "TransportEquipment/ID")
        or text(vehicle, "TransportEquipment/ID"),
        "exit_customs": text(declaration, "DeclarationOfficeID"),
        "border_exit_date": WITH_ZONE.sub(r"\1", text(vehicle, "ArrivalDateTime")),
        "carrier_code": text(declaration, "Carrier/ID"),
    }


def _plate(code: str, called: str) -> str:
    """Return the plate: customs' own code of a vehicle may stand beside it, in either place."""
    plates = (one for one in (code, called) if PLATE.fullmatch(re.sub(r"[\s\-·•.]", "", one)))
    return next(plates, code or called)


def _goods(consignment: etree._Element) -> dict[str, str]:
    items = every(consignment, "ConsignmentItem")
    value = find(consignment, "ValueAmount")
    packages = find(consignment, "TotalPackageQuantity")
    return {
        "waybill_no": text(consignment, "TransportContractDocument/ID"),
        "supervision_mode": text(consignment, "GovernmentProcedure/CurrentCode"),
        "goods_name": _message.several(
            (text(item, "CargoDescription", "Commodity/CargoDescription") for item in items),
            FIELDS["goods_name"].max or 0,
        ),
        "hs_code": text(items[0], "Classification/ID", "Commodity/Classification/ID")
        if items
        else "",
        "packages": text(consignment, "TotalPackageQuantity"),
        "package_type": _attribute(packages, "unitCode"),
        "gross_weight_kg": _weight(find(consignment, "GrossMassMeasure")),
        "volume_m3": text(consignment, "GrossVolumeMeasure"),
        "goods_value": text(consignment, "ValueAmount"),
        "currency": _attribute(value, "currencyID"),
        "consignor": text(consignment, "Consignor/Name"),
        "consignee": text(consignment, "Consignee/Name"),
    }


def _attribute(element: etree._Element | None, name: str) -> str:
    return "" if element is None else element.get(name, "").strip()


def _weight(measure: etree._Element | None) -> str:
    """Return the weight; a unit other than the kilogram stays beside it, to be asked about."""
    if measure is None:
        return ""
    unit = _attribute(measure, "unitCode").upper()
    return (measure.text or "").strip() + ("" if unit in KILOGRAMS else unit)


def _boxed(consignment: etree._Element, boxes: list[str]) -> dict[str, str]:
    equipment = every(consignment, "TransportEquipment")
    first = equipment[0] if equipment else None
    seals = [
        seal.text.strip()
        for path in ("TransportEquipment/Seal/ID", "TransportEquipment/SealID")
        for seal in every(consignment, path)
        if seal.text
    ]
    return {
        "container_no": boxes[0] if boxes else "",
        "container_type": text(first, "CharacteristicCode"),
        "load_state": LOADS.get(text(first, "FullnessCode"), ""),
        "seal_no": ";".join(dict.fromkeys(seals)),
        "remark": f"另有集装箱 {'、'.join(boxes[1:])}" if boxes[1:] else "",
    }


def _box_number(equipment: etree._Element) -> str:
    return text(equipment, "ID", "EquipmentIdentification/ID")

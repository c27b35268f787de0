"""Customs messages of the corpus: road manifests and e-commerce messages, whole and in parts."""

from collections.abc import Callable

from tests.ingest.message_samples import consignment, encoded, export_list, manifest, parcels

BOXES = [{"ID": "SLTU0000017"}, {"ID": "SLTU0000022"}]


def _ceb(number: str, *records: dict[str, object], prefix: str = "") -> bytes:
    return encoded(parcels(number, *records, prefix=prefix))


def _waybill(number: int) -> dict[str, object]:
    """Make up the consolidation of a truck's parcels."""
    listed = [{"totalPackageNo": f"SLT{number}{place}"} for place in range(3)]
    return export_list(number) | {"InventoryList": [], "WayBillList": listed, "packNo": "3"}


def _left(number: int) -> dict[str, object]:
    """Make up what is told of a truck that has left."""
    return {
        "appType": "1",
        "copNo": f"SLC{number}",
        "customsCode": "0705",
        "trafMode": "4",
        "trafName": "蒙A12345",
        "voyageNo": "07052025000001",
        "billNo": f"SLB{number:03d}",
        "leaveTime": "20250304101500",
        "DepartureList": [{"logisticsNo": f"SLP{number}1"}, {"logisticsNo": f"SLP{number}2"}],
    }


def _parcel(number: int) -> dict[str, object]:
    """Make up the waybill of a parcel, which names no truck."""
    return {
        "appType": "1",
        "logisticsCode": "1501980001",
        "logisticsNo": f"SLP{number:05d}",
        "freight": "1.5",
        "currency": "142",
        "weight": "0.5",
        "packNo": "1",
    }


def _arrived(number: int) -> dict[str, object]:
    """Make up what is told of a truck that came to the supervised site."""
    return {
        "appType": "1",
        "copNo": f"SLC{number}",
        "billNo": f"SLB{number:03d}",
        "domesticTrafNo": "蒙A12345",
        "voyageNo": "07052025000001",
        "ArrivalList": [{"logisticsNo": f"SLP{number}{place}"} for place in range(2)],
    }


FILES: dict[str, Callable[[], bytes]] = {
    "mt2401.xml": lambda: encoded(manifest(consignment(1), consignment(2))),
    "mt2401-gb18030.xml": lambda: encoded(manifest(consignment(1)), "gb18030"),
    "mt2401-prefixed.xml": lambda: encoded(manifest(consignment(1), prefix="m")),
    "mt1401.xml": lambda: encoded(manifest(consignment(1), title="MT1401")),
    "mt2401-two-boxes.xml": lambda: encoded(manifest(consignment(1, TransportEquipment=BOXES))),
    "mt2401-deletes.xml": lambda: encoded(manifest(consignment(1), code="3")),
    "mt2401-empty.xml": lambda: encoded(manifest()),
    "mt9999.xml": lambda: encoded(manifest(consignment(1), title="MT9999")),
    "ceb303.xml": lambda: _ceb("CEB303", {"orderNo": "SLO1", "goodsValue": "10"}),
    "ceb505.xml": lambda: _ceb("CEB505", _parcel(1), _parcel(2)),
    "ceb507.xml": lambda: _ceb("CEB507", _arrived(1)),
    "ceb509.xml": lambda: _ceb("CEB509", _left(1), prefix="ceb"),
    "ceb603.xml": lambda: _ceb("CEB603", *map(export_list, range(1, 5))),
    "ceb607.xml": lambda: _ceb("CEB607", _waybill(1), _waybill(2)),
    "ceb603-deleted-and-told-again.xml": lambda: _ceb(
        "CEB603", export_list(1), export_list(2), export_list(2), export_list(1, appType="3")
    ),
    "ceb603-one-part-of-three.xml": lambda: _ceb(
        "CEB603", export_list(1, msgCount="3", msgSeqNo="2")
    ),
    "ceb603-two-currencies.xml": lambda: _ceb(
        "CEB603", export_list(1), export_list(2, fCurrency="502")
    ),
    "message-cut-off.xml": lambda: encoded(manifest(consignment(1)))[:-90],
    "message-with-doctype.xml": lambda: encoded(
        '<!DOCTYPE Manifest [<!ENTITY x "y">]>' + manifest(consignment(1))
    ),
    "another-message.xml": lambda: encoded("<Order><No>1</No></Order>"),
}

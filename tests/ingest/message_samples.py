"""Made-up customs messages 示例报文 that the tests of `ingest` share; no number in them is real."""

from collections.abc import Mapping

from ingest import examine
from ingest.fields import FIELDS
from ingest.formats import ecommerce, road_manifest
from ingest.grid import Source
from ingest.rows import Report
from tests.ingest.manifest_samples import DAY

NAMESPACE = "urn:Declaration:datamodel:standard:CN"
Body = Mapping[str, object]


def xml(said: Body) -> str:
    """Write elements: a text, elements inside, or several of the same name."""
    return "".join(f"<{name}>{_inside(one)}</{name}>" for name, one in _each(said))


def _each(said: Body) -> list[tuple[str, object]]:
    return [
        (name, one)
        for name, what in said.items()
        for one in (what if isinstance(what, list) else [what])
    ]


def _inside(what: object) -> str:
    return xml(what) if isinstance(what, Mapping) else str(what)


def consignment(number: int = 1, **more: object) -> dict[str, object]:
    """Make up a waybill of a road manifest."""
    usual: dict[str, object] = {
        "TransportContractDocument": {"ID": f"SL2025{number:05d}"},
        "Consignor": {"Name": "示例发货人"},
        "Consignee": {"Name": "示例收货人"},
        "GovernmentProcedure": {"CurrentCode": "0110"},
        "GrossMassMeasure": "1500.25",
        "GrossVolumeMeasure": "12.5",
        "ConsignmentItem": [
            {"CargoDescription": "示例服装", "Classification": {"ID": "6109100010"}},
            {"CargoDescription": "示例鞋"},
        ],
    }
    return usual | more


def manifest(*consignments: Body, title: str = "MT2401", prefix: str = "", code: str = "9") -> str:
    """Make up a road manifest; amounts with attributes are written out."""
    body = xml(
        {
            "Head": {"MessageType": title, "FunctionCode": code},
            "Declaration": {
                "ID": "07052025000001",
                "DeclarationOfficeID": "0705",
                "Carrier": {"ID": "SLCARRIER01"},
                "BorderTransportMeans": {
                    "ArrivalDateTime": "20250304101500086",
                    "ID": "0700123456789",
                    "Name": "蒙A12345",
                    "TypeCode": "3",
                },
                "TransportEquipment": {"ID": "蒙A1234挂"},
                "Consignment": list(consignments),
            },
        }
    )
    body = body.replace(
        "<GrossMassMeasure>",
        '<TotalPackageQuantity unitCode="22">120</TotalPackageQuantity>'
        '<ValueAmount currencyID="USD">800.5</ValueAmount><GrossMassMeasure>',
    )
    bound = f"xmlns:{prefix}" if prefix else "xmlns"
    return _prefixed(f"<Manifest>{body}</Manifest>", prefix).replace(
        "Manifest>", f'Manifest {bound}="{NAMESPACE}:{title}:1">', 1
    )


def parcels(number: str, *records: Body, prefix: str = "", namespace: bool = True) -> str:
    """Make up an e-commerce message of records."""
    wrapped, head = ecommerce.RECORDS.get(number, ("Order", "OrderHead"))
    inside = "".join(_record(one, head) for one in records).replace("Record>", f"{wrapped}>")
    text = _prefixed(f"<{number}Message>{inside}</{number}Message>", prefix)
    bound = f' xmlns{":" if prefix else ""}{prefix}="http://www.chinaport.gov.cn/ceb"'
    return text.replace("Message>", f"Message{bound}>", 1) if namespace else text


def _record(one: Body, head: str) -> str:
    lists = {name: what for name, what in one.items() if name.endswith("List")}
    plain = {name: what for name, what in one.items() if name not in lists}
    inside = f"<{head}>{xml(plain)}</{head}>" if head else xml(plain)
    return f"<Record>{inside}{xml(lists)}</Record>"


def _prefixed(text: str, prefix: str) -> str:
    if not prefix:
        return text
    return text.replace("</", "\0").replace("<", f"<{prefix}:").replace("\0", f"</{prefix}:")


def export_list(number: int = 1, **more: object) -> dict[str, object]:
    """Make up one list of one parcel, with nothing wrong in it."""
    usual: dict[str, object] = {
        "appType": "1",
        "logisticsNo": f"SLP{number:05d}",
        "copNo": f"SLC{number:05d}",
        "ieFlag": "E",
        "portCode": "0705",
        "ieDate": "20250304",
        "tradeMode": "9610",
        "trafMode": "4",
        "trafName": "蒙A12345",
        "voyageNo": "07052025000001",
        "billNo": "SLB001",
        "country": "344",
        "freight": "10.25",
        "fCurrency": "142",
        "fFlag": "3",
        "packNo": "1",
        "grossWeight": "0.1",
        "netWeight": "0.09",
        "InventoryList": [
            {"gcode": "6109100010", "gname": "示例服装", "currency": "142", "totalPrice": "20.10"}
        ],
    }
    return usual | more


def encoded(text: str, encoding: str = "utf-8") -> bytes:
    """Write a message with the declaration of its encoding."""
    return f'<?xml version="1.0" encoding="{encoding}"?>\n{text}'.encode(encoding)


def told(text: str) -> Report:
    """Read and check a message."""
    return examine(encoded(text), "报文.xml", day=DAY)


def lines(source: Source) -> list[tuple[int, dict[str, str]]]:
    """Return the number of every row below the headings, and its cells by field."""
    (grid,) = source.grids
    headings, *rows = grid.cells.rows()
    names = [next(one.name for one in FIELDS.values() if one.zh == text) for text in headings]
    cells = [{n: c for n, c in zip(names, row, strict=True) if c} for row in rows]
    return list(zip(grid.rows.to_list()[1:], cells, strict=True))


def road_lines(text: str) -> list[tuple[int, dict[str, str]]]:
    """Read the rows of a road manifest."""
    return lines(road_manifest.read(encoded(text)))


def parcel_lines(text: str) -> list[tuple[int, dict[str, str]]]:
    """Read the rows of an e-commerce message."""
    return lines(ecommerce.read(encoded(text)))

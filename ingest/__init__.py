"""Bytes of a manifest 发运明细表 in; cargo lines, problems and shipments out.

Pure: no clock, no network, no database. `examine` reads and checks one file;
`ingest.shipments.group` makes its lines paid units.
"""

from ingest.examination import examine

__all__ = ["examine"]

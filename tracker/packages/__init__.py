"""Packages 数据包: everything the tracker holds in one file, to keep, move or hand to auditors.

A package is a zip of three things: the books as an SQLite file whatever the database is, the raw
files by their hash, and a list of both with the newest link of the ledger. It is proved without the
program's database (``python -m tracker.verify PACKAGE``) and restored into either kind. A league's
package has the links of the whole chain and what is the league's; it is proved, never restored.
"""

from tracker.packages.league import pack_league
from tracker.packages.pack import AUDITED, WHOLE, Made, keep_nightly, pack
from tracker.packages.unpack import unpack

__all__ = ["AUDITED", "WHOLE", "Made", "keep_nightly", "pack", "pack_league", "unpack"]

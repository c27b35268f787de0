"""League 盟市数据包: the whole chain of links, and of everything else what is one league's.

Whoever has it proves the league's money without the program's database and without seeing anybody
else's: ``python -m tracker.verify PACKAGE``.
"""

from datetime import datetime
from pathlib import Path

from tracker import blobs
from tracker.books import ledger
from tracker.db import Database
from tracker.models.people import League
from tracker.packages import extract, held
from tracker.packages.pack import Content, Made, folder_beside, put_together
from tracker.verify.package import BOOKS, LEAGUE_FORMAT

SAID = """{name}数据包 · a league's package of the subsidy tracker

books.sqlite   本盟市的补贴项、分录正文、记账行、测算、办法、申报、报送、拨付、追缴和办理记录；
               其他盟市的分录只有链上的序号和哈希 · the league's rows; of others' entries the links
blobs/         只含本盟市车次的发运明细表原始文件 · manifests that hold nothing but the league's
package.json   清单：盟市、链首、每个文件的哈希 · what is in it, with hashes and the ledger's head

核验 to prove it:    python -m tracker.verify 本文件.zip
不含环节要求、经办单位、公示、疑似重复、需求测算、暂缓、绩效自评、数据比对、说明单、佐证材料、轨迹、审计日志和银行账户；
不能用于恢复。
It has no requirements, settings of who takes a step, publications, near pairs, forecasts, holds,
self-evaluations, cross-checks, receipts, evidence, tracks, audit log or bank accounts, and cannot
be restored.
"""


def pack_league(
    database: Database,
    home: Path,
    target: Path,
    now: datetime,
    league_id: int,
    common: frozenset[str] = frozenset(),
) -> Made:
    """Write a league's package of one moment; people may work on meanwhile.

    ``common`` are texts that may stand in sheets that nobody read: those of the template.
    Raises ``Refused`` where the target exists, ``OSError`` where the disk refuses.
    """
    with folder_beside(target) as folder:
        books = folder / BOOKS
        with database.reading() as session:
            league = session.get_one(League, league_id)
            head = ledger.head(session)
            found = held.of(session, home, league, common)
            counts = extract.write(session, found, books)
        told = {
            "format": LEAGUE_FORMAT,
            "league": league.code,
            "made_at": now.isoformat(timespec="seconds"),
        }
        content = Content(SAID.format(name=league.name_zh), books, counts, head, told)
        files = [blobs.path(home, sha256) for sha256 in sorted(found.files)]
        return put_together(content, files, target)

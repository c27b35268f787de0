"""Evidence of the demo 示例佐证: one invoice over many trucks, lists, scans; a sealed review."""

import io
from collections.abc import Sequence
from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from ingest import evidence as contents
from tracker import blobs, jobs
from tracker.demo import scans
from tracker.demo.doing import person
from tracker.models.applications import Application
from tracker.models.cargo import Manifest, Shipment
from tracker.models.evidence import Evidence
from tracker.steps import evidence, finding, manifests
from tracker.steps.evidence import File, Told
from tracker.steps.evidence_links import Subject

FIRM = "caoyuan"
LISTS = (("清单编号", "票数", "备注"), ("示例清单001", "742", "示例数据"))
INVOICE = Told(
    "freight_invoice", "示例24150000001", total_fen=80_000_000, currency="CNY", note="示例数据"
)
SCANNED = 6
"""Trucks of the month whose CMR was scanned; the others still lack theirs."""


def attach(bench: jobs.Bench) -> str:
    """What the first firm attaches to its first manifest before it applies."""
    invoice = _kept(
        bench, scans.pdf("运费发票（示例）", INVOICE.document_no), "示例_1月运费发票.pdf"
    )
    lists = _kept(bench, scans.table(LISTS), "示例_9610清单导出.csv")
    papers = [_kept(bench, scans.png(n), f"示例_CMR扫描件{n + 1}.png") for n in range(SCANNED)]

    def work(session: Session) -> str:
        clerk = f"{FIRM}_clerk"
        user = person(session, clerk)
        first = select(Manifest).where(Manifest.firm_id == user.firm_id).order_by(Manifest.id)
        manifest = session.scalars(first).first()
        assert manifest is not None
        trucks = manifests.shipments_of(session, manifest)
        _attach(session, clerk, invoice, INVOICE, _shared(trucks))
        told = Told("list_export", note="示例数据")
        _attach(session, clerk, lists, told, [Subject("manifest", manifest.id)])
        for paper, truck in zip(papers, trucks, strict=False):
            _attach(session, clerk, paper, Told("cmr"), [Subject("shipment", truck.id)])
        return f"发票一张分摊 {len(trucks)} 车，清单一份，CMR {len(papers)} 份"

    return bench.database.transact(work)


def seal(bench: jobs.Bench, application: int, login: str) -> None:
    """The stamped scan of a first review, attached to the application by the league."""
    paper = _kept(bench, scans.png(97 + application), "示例_初审意见盖章件.png")

    def work(session: Session) -> None:
        found = session.get_one(Application, application)
        where = [Subject("application", found.id)]
        _attach(session, login, paper, Told("stamped_scan", note="示例数据"), where)

    bench.database.transact(work)


def seal_forecast(bench: jobs.Bench, forecast: int, login: str) -> None:
    """The stamped scan of a sheet of need, attached to the forecast by the league."""
    paper = _kept(
        bench, scans.pdf("需求测算表盖章件（示例）", str(forecast)), "示例_需求测算表盖章件.pdf"
    )

    def work(session: Session) -> None:
        told = Told("stamped_scan", note="示例数据")
        _attach(session, login, paper, told, [Subject("forecast", forecast)])

    bench.database.transact(work)


def prove_matter(bench: jobs.Bench, matter: int, login: str) -> None:
    """The platform's invoice and an export of its orders, attached to a matter by its firm."""
    number = f"示例25150000{matter:04d}"
    paper = _kept(bench, scans.pdf("平台服务费发票（示例）", number), "示例_平台服务费发票.pdf")
    orders = _kept(
        bench,
        scans.table((("平台", "店铺", "交易额（美元）"), ("示例平台", f"示例店{matter}", "示例"))),
        "示例_平台交易流水.csv",
    )

    def work(session: Session) -> None:
        where = [Subject("matter", matter)]
        _attach(session, login, paper, Told("other", document_no=number, note="示例数据"), where)
        _attach(session, login, orders, Told("other", note="示例数据"), where)

    bench.database.transact(work)


def _shared(trucks: Sequence[Shipment]) -> list[Subject]:
    chosen = [(one, None) for one in trucks]
    parts = finding.share(INVOICE.total_fen or 0, chosen, "evenly")
    return [Subject("shipment", one.id, part) for one, part in zip(trucks, parts, strict=True)]


def _attach(
    session: Session, login: str, file: File, told: Told, wanted: Sequence[Subject]
) -> Evidence:
    user, now = person(session, login), datetime.now(UTC)
    made, _ = evidence.add(session, user, file, told, now)
    evidence.link(session, user, made, wanted, now)
    return made


def _kept(bench: jobs.Bench, raw: bytes, name: str) -> File:
    limit = bench.settings.evidence_limit_bytes
    sha256, size = blobs.store(bench.settings.home, io.BytesIO(raw), limit)
    found = contents.look(raw, name)
    assert not found.fault, found.fault
    return File(name, found.kind, sha256, size, found.notices)

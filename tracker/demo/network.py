"""A proposal of the demo 示例线路建议: a league proposes a corridor, Commerce has it before it."""

from dataclasses import replace
from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from ingest.network import Names, load_seed
from ingest.network.amendment import Amendment
from ingest.network.official import cut
from tracker import jobs
from tracker.demo.doing import person, take
from tracker.models.proposals import Proposal
from tracker.steps import proposals

OFFICER = "ulanqab_officer"
DOCUMENT_NO = "示例乌商字〔2026〕5号"
CORRIDOR = "T03A"


def propose(bench: jobs.Bench) -> str:
    """A part of a registered corridor as a corridor of its own, submitted to Commerce."""

    def work(session: Session) -> int:
        there = session.scalar(select(Proposal.id).where(Proposal.document_no == DOCUMENT_NO))
        if there is not None:
            return there
        found = cut(load_seed().corridor("T03"), ("place", "ulanqab"), ("place", "warsaw"))
        names = Names("乌兰察布—二连浩特—华沙（公路，示例）", "Ulanqab–Erenhot–Warsaw (sample)")
        made = proposals.draft(
            session,
            person(session, OFFICER),
            Amendment(corridors=(replace(found, id=CORRIDOR, names=names),)),
            document_no=DOCUMENT_NO,
            note="示例：增设乌兰察布至华沙公路通道",
            now=datetime.now(UTC),
            is_sample=True,
        )
        return made.id

    key = bench.database.transact(work)
    take(bench, Proposal, key, (OFFICER, "submit"))
    with bench.database.reading() as session:
        one = session.get_one(Proposal, key)
        return f"{one.code} {CORRIDOR}：已提交商务厅"

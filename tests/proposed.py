"""Proposed 线路建议: what leagues and Commerce would have otherwise in the network of the tests."""

from sqlalchemy.orm import Session

from ingest.network import Network
from ingest.network.amendment import Amendment, Naming
from tests.journeys import NOW, act_on, person
from tracker import jobs
from tracker.models.proposals import Proposal
from tracker.steps import proposals

DAY = {"valid_from": "2026-01-01"}


def named(alias: str, place: str = "moscow") -> Amendment:
    """One more name of a place."""
    return Amendment(names=(Naming(place, (alias,)),))


NAMED = named("示例货场")


def drafted(bench: jobs.Bench, content: Network | Amendment, login: str = "league_officer") -> int:
    """A drafted proposal."""

    def work(session: Session) -> int:
        user = person(session, login)
        made = proposals.draft(
            session, user, content, document_no="示例〔2026〕1号", note="示例", now=NOW
        )
        return made.id

    return bench.database.transact(work)


def approved(bench: jobs.Bench, content: Network | Amendment, login: str = "league_officer") -> int:
    """A proposal carried through, in force from the first day of the year."""
    key = drafted(bench, content, login)
    act_on(bench, Proposal, key, login, "submit")
    act_on(bench, Proposal, key, "commerce_approver", "approve", detail=DAY)
    jobs.drain(bench)
    return key

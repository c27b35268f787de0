"""Content 清算内容: what a settlement says, as plain values taken from the books. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from rules.outcome import Tally
from tracker.papers.parameters import Parameter
from tracker.papers.pools import Pool


@dataclass(frozen=True, slots=True, kw_only=True)
class Detail:
    """One shipment or matter of the filing; money in fen, distances in tenths of km.

    None is unknown, or what a matter does not have.
    """

    code: str
    firm: str
    uscc: str
    label: str
    papers: str
    """Batch, carnet or train number; of a matter its title."""
    day: date
    """Of departure, or the last of the year."""
    method: str
    """Document number of the method it is assessed by."""
    tally: Tally
    applied_fen: int
    reduced_fen: int
    reason: str
    filed_fen: int
    later_reduced_fen: int
    """Taken off by Commerce."""
    later_reason: str
    waybills: int | None = None
    exited_on: date | None = None
    corridor: str = ""
    distance_tenth_km: int | None = None
    domestic_tenth_km: int | None = None
    share: tuple[int, int] | None = None
    """E-commerce part and whole, in the unit of `share_base`."""
    share_base: str = ""

    @property
    def approved_fen(self) -> int:
        """Filed less what Commerce took off."""
        return self.filed_fen - self.later_reduced_fen


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A method as it is printed."""

    title: str
    document_no: str
    version_no: int
    valid_from: date
    valid_to: date | None
    rule_id: str
    rule_sha256: str
    is_sample: bool
    parameters: tuple[Parameter, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Settlement:
    """Everything the sheet says."""

    league: str
    programme: str
    code: str
    document_no: str
    basis: str
    performance_target: str
    panel: str
    """Minutes of the panel that decided on it, and their day; empty where there was none."""
    seq: int
    head_hash: str
    made_at: datetime
    """In local time."""
    ledger_fen: int
    """What stands in the ledger for the lines of the filing."""
    is_sample: bool
    details: tuple[Detail, ...]
    documents: tuple[Document, ...]
    pools: tuple[Pool, ...] = ()
    """Those divided in proportion of which the shipments have their shares."""
    about: str = "shipment"
    """Table of what the lines are due for."""

    @property
    def title(self) -> str:
        """What the paper is called: 呼和浩特市…运费补贴资金清算明细表, 补贴 said once."""
        return f"{self.league}{self.programme.removesuffix('补贴')}补贴资金清算明细表"

    @property
    def firms(self) -> tuple[tuple[str, str], ...]:
        """USCC and name of each firm, in the order of the details."""
        return tuple(dict.fromkeys((one.uscc, one.firm) for one in self.details))

    @property
    def anchor(self) -> str:
        """The ledger's head, short."""
        return f"台账 #{self.seq} {self.head_hash[:16]}"


@dataclass(frozen=True, slots=True)
class Sums:
    """Money of several shipments, in fen, and how many they are."""

    shipments: int
    applied_fen: int
    reduced_fen: int
    filed_fen: int
    later_reduced_fen: int
    approved_fen: int


def sums(details: Sequence[Detail]) -> Sums:
    """Added up."""
    return Sums(
        len(details),
        sum(one.applied_fen for one in details),
        sum(one.reduced_fen for one in details),
        sum(one.filed_fen for one in details),
        sum(one.later_reduced_fen for one in details),
        sum(one.approved_fen for one in details),
    )

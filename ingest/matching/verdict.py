"""The verdict 认定: matched, ambiguous or unmatched, with the reasons in order.

A person decides wherever a port is wrong, something needed is missing, the order does not hold or
two corridors that differ in substance score alike. Nothing is guessed for the sake of an answer.
"""

from dataclasses import dataclass

from ingest.km import km
from ingest.matching.asked import Asked
from ingest.matching.reasons import Reason
from ingest.matching.score import Choice, Scores
from ingest.network import Corridor, Names, Network
from ingest.network.gazetteer import EXACT, UNKNOWN, Term
from ingest.network.geometry import place_table

ENOUGH, LEAST, CLOSE, CLEAR = 0.60, 0.45, 0.02, 0.05
"""Evidence to match, evidence to be a candidate, a margin too close, a margin that is clear."""
BESIDE_KM = 3.0
FAR_E4 = 5_000
"""Half a degree, in ten-thousandths: a station so far from the port is another place."""


@dataclass(frozen=True, slots=True)
class Case:
    """One route asked for, its row among the scores, and the corridor it is judged on."""

    asked: Asked
    row: int
    column: int
    scores: Scores
    network: Network
    far_km: float

    @property
    def corridor(self) -> Corridor:
        """The corridor it is judged on."""
        return self.network.corridors[self.column]

    def at(self, tenths: int) -> tuple[str, str]:
        """The corridor and a chainage on it, as words."""
        return self.corridor.id, km(tenths)

    def place(self, term: Term) -> Names:
        """The names of a place."""
        return self.network.places[term.index].names

    def office(self) -> Names:
        """The names of the declared port, or of its town."""
        count = len(self.network.ports)
        index = self.asked.office.index
        if index < count:
            return self.network.ports[index].names
        return self.network.places[index - count].names


def judge(case: Case, choice: Choice) -> tuple[str, tuple[Reason, ...]]:
    """Return the status and every reason, those against first."""
    scores, row = case.scores, case.row
    odd = _odd_names(case)
    if _port_off(case):
        return "unmatched", (Reason("port_off", (case.office(),)), *odd)
    if scores.rank[row, case.column] <= 0:
        return "unmatched", (_why_none(case), *odd)
    against = [*_needed(case), *_against(case, choice)]
    evidence = float(scores.evidence[row, case.column])
    if evidence < ENOUGH and not against:
        against.append(Reason("weak", (str(round(1000 * evidence)), case.corridor.id)))
    status = "matched" if not against else "ambiguous" if evidence >= LEAST else "unmatched"
    if evidence < LEAST and _no_start(case.asked):
        status = "unmatched"
    return status, (*against, *told(case, choice), *odd)


def confidence(case: Case, choice: Choice) -> int:
    """Per mille: how much agrees, times how far the next corridor that differs is behind."""
    evidence = float(case.scores.evidence[case.row, case.column])
    clear = min(1.0, float(choice.margin[case.row]) / CLEAR)
    return round(1000 * evidence * clear)


def told(case: Case, choice: Choice | None) -> list[Reason]:
    """Say where hub, port and far end lie on the corridor, and which other corridors there are."""
    asked, network = case.asked, case.network
    start, end = (int(side[case.row, case.column]) for side in (case.scores.start, case.scores.end))
    found = [_start(case, start)]
    found += _hub_notes(case)
    if case.scores.port_fit[case.row, case.column] > 0:
        found += _port_notes(case)
    found.append(_end(case, end))
    found += _by_variant(case)
    if asked.far_agrees(network) and asked.country_differs(network):
        country = network.countries[asked.country.index].names
        found.append(Reason("country_differs", (case.place(asked.far), country)))
    if choice is None:
        return found
    same = [network.corridors[n].id for n in choice.same[case.row].nonzero()[0]]
    if same:
        found.append(Reason("same_km", ("、".join([case.corridor.id, *same]),)))
    runner = int(choice.runner[case.row])
    if runner >= 0 and choice.margin[case.row] >= CLOSE:
        behind = str(round(1000 * float(choice.margin[case.row])))
        found.append(Reason("runner_up", (network.corridors[runner].id, behind)))
    return found


def _start(case: Case, start: int) -> Reason:
    asked = case.asked
    by_hub = asked.hub.index >= 0
    term = asked.hub if by_hub else asked.near
    code = "hub_at" if by_hub or asked.hub_by_place(case.network) else "origin_at"
    return Reason(code, (case.place(term), *case.at(start)))


def _by_variant(case: Case) -> list[Reason]:
    """Say which ends only a variant of the corridor passes."""
    asked, corridor = case.asked, case.corridor
    near = asked.hub if asked.hub.index >= 0 else asked.near
    found = []
    for term in (near, *([asked.far] if asked.far_agrees(case.network) else [])):
        index = int(place_table(case.network).variant[max(term.index, -1), case.column])
        if index >= 0:
            names = corridor.variants[index].names
            found.append(Reason("by_variant", (case.place(term), corridor.id, names)))
    return found


def _hub_notes(case: Case) -> list[Reason]:
    asked, network = case.asked, case.network
    if asked.hub.index >= 0:
        place = network.places[asked.hub.index]
        if place.id in {hub.place for hub in network.hubs}:
            return []
        return [Reason("hub_unregistered", (place.names,))]
    if asked.hub_by_place(network):
        return [Reason("hub_by_place", (case.place(asked.near),))]
    if asked.near.index >= 0 and network.places[asked.near.index].league:
        return [Reason("league_by_origin", (case.place(asked.near),))]
    return [Reason("hub_missing")]


def _port_notes(case: Case) -> list[Reason]:
    asked, port = case.asked, case.network.port(case.corridor.port)
    found = [Reason("port_at", (port.names, *case.at(case.corridor.border_km_tenths)))]
    if asked.office.index >= len(case.network.ports):
        found.append(Reason("port_by_mode", (port.names,)))
    if asked.office.index < 0 <= asked.border.index:
        found.append(Reason("port_by_station", (case.place(asked.border), port.names)))
    if asked.office.index >= 0 and asked.border.index >= 0 and _station_differs(case):
        found.append(Reason("station_differs", (case.place(asked.border), case.office())))
    return found


def _station_differs(case: Case) -> bool:
    port = case.network.port(case.corridor.port)
    if port.place is None:
        return False
    here, there = case.network.place(port.place), case.network.places[case.asked.border.index]
    return abs(here.lon_e4 - there.lon_e4) + abs(here.lat_e4 - there.lat_e4) > FAR_E4


def _end(case: Case, end: int) -> Reason:
    asked = case.asked
    if asked.far.index >= 0 and asked.far_agrees(case.network):
        where = (case.place(asked.far), *case.at(end))
        if case.far_km > BESIDE_KM:
            return Reason("dest_beside", (*where, km(round(10 * case.far_km))))
        return Reason("dest_at", where)
    if asked.country.index >= 0:
        country = case.network.countries[asked.country.index].names
        return Reason("dest_by_country", (country, *case.at(end)))
    return Reason("dest_missing")


def _needed(case: Case) -> list[Reason]:
    """What is missing for a match."""
    asked, found = case.asked, []
    if asked.mode not in ("ROAD", "RAIL"):
        found.append(Reason("mode_missing"))
    if asked.office.index < 0 and case.scores.port_fit[case.row, case.column] == 0:
        found.append(Reason("port_missing"))
    if asked.country.index < 0 and asked.far.index < 0:
        found.append(Reason("dest_missing"))
    return found


def _against(case: Case, choice: Choice) -> list[Reason]:
    """What speaks against a match on this corridor."""
    scores, row, column = case.scores, case.row, case.column
    fit, found = scores.port_fit[row, column], []
    if case.asked.office.index >= 0 and fit < 1:
        port = case.network.port(case.corridor.port).names
        code = "port_wrong" if fit == 0 else "port_mode"
        found.append(Reason(code, (case.office(), case.corridor.id, port)))
    if not scores.in_order[row, column]:
        found.append(Reason("order", (case.corridor.id,)))
    if case.asked.near.index == case.asked.far.index == UNKNOWN:
        found.append(Reason("ends_unknown"))
    if case.asked.near_abroad(case.network):
        found.append(Reason("near_abroad", (case.place(case.asked.near),)))
    if choice.runner[row] >= 0 and choice.margin[row] < CLOSE:
        runner = case.network.corridors[int(choice.runner[row])].id
        found.append(Reason("close", (case.corridor.id, runner)))
    if case.asked.country_differs(case.network) and not _serves(case):
        country = case.network.countries[case.asked.country.index].names
        found.append(Reason("country_differs", (case.place(case.asked.far), country)))
    return found


def _serves(case: Case) -> bool:
    country = case.network.countries[case.asked.country.index].code
    return case.corridor.entry_km_tenths(country) is not None


def _odd_names(case: Case) -> list[Reason]:
    """Names that are unknown, and names read as something near."""
    asked, found = case.asked, []
    fields = (("origin", asked.near), ("hub", asked.hub), ("dest", asked.far))
    for field, term in fields:
        if term.index == UNKNOWN:
            found.append(Reason(f"{field}_unknown", (term.said,)))
        elif term.index >= 0 and term.trust < EXACT:
            found.append(Reason("read_as", (term.said, case.place(term))))
    if asked.office.index == UNKNOWN:
        found.append(Reason("port_unknown", (asked.office.said,)))
    elif asked.office.index >= 0 and asked.office.trust < EXACT:
        found.append(Reason("read_as", (asked.office.said, case.office())))
    return found


def _port_off(case: Case) -> bool:
    return case.asked.office.index >= 0 and not case.scores.port_fit[case.row].any()


def _no_start(asked: Asked) -> bool:
    return asked.hub.index < 0 and asked.near.index < 0


def _why_none(case: Case) -> Reason:
    """Why no corridor can be matched."""
    start_on, far_on = case.scores.start_on[case.row], case.scores.far_on[case.row]
    passing = (start_on & far_on).nonzero()[0]
    if passing.size:
        ids = "、".join(case.network.corridors[n].id for n in passing)
        return Reason("mode_differs", (ids,))
    if not start_on.any():
        return Reason("start_off")
    return Reason("dest_off" if not far_on.any() else "apart")

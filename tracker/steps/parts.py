"""Parts 分摊: a sum split over several things so that the parts add up to it, to the fen. Pure."""

from collections.abc import Sequence


def split(total_fen: int, weights: Sequence[int]) -> list[int]:
    """The parts by weight, the largest remainders rounded up; the first of equal ones.

    Where every weight is zero the parts are even. Weights are whole and not negative.
    """
    assert weights, "nothing to split over"
    assert total_fen >= 0, total_fen
    assert min(weights) >= 0, weights
    shares = list(weights) if any(weights) else [1] * len(weights)
    whole = sum(shares)
    parts = [total_fen * share // whole for share in shares]
    remainders = [total_fen * share % whole for share in shares]
    left = total_fen - sum(parts)
    for place in sorted(range(len(shares)), key=lambda one: (-remainders[one], one))[:left]:
        parts[place] += 1
    return parts

"""Errors: each a status, a message with its values, and a way out."""

import pytest

from tracker import errors

STATUSES = {
    errors.NotSignedIn: 401,
    errors.NotAllowed: 403,
    errors.NotThere: 404,
    errors.Conflict: 409,
    errors.Refused: 422,
    errors.TooMuch: 413,
    errors.NotNow: 503,
    errors.TrackerError: 400,
}


@pytest.mark.parametrize("kind", STATUSES)
def test_an_error_says_what_why_and_how_to_mend_it(kind: type[errors.TrackerError]) -> None:
    error = kind(errors.mark("Of %(n)s only 5%% is left."), errors.mark("Wait."), n=7)
    assert kind.status == STATUSES[kind]
    assert str(error) == "Of 7 only 5% is left."
    assert (error.message, error.mend) == ("Of %(n)s only 5%% is left.", "Wait.")
    assert error.values == {"n": 7}


def test_a_message_without_values_is_taken_as_it_is() -> None:
    assert str(errors.Refused("100 %")) == "100 %"


def test_codes_are_apart() -> None:
    assert len({kind.code for kind in STATUSES}) == len(STATUSES)

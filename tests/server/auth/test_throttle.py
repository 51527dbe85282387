"""How long the next attempt waits."""

import pytest

from server.auth.throttle import Window, delay_s


@pytest.mark.parametrize(
    ("failures", "seconds"),
    [(0, 0), (1, 0), (2, 0), (3, 30), (4, 60), (5, 120), (9, 1920), (10, 3600), (11, 3600), (10**9, 3600)],
)
def test_the_delay_doubles_from_half_a_minute_to_an_hour(failures: int, seconds: int):
    assert delay_s(failures) == seconds


def test_a_hundred_guesses_take_days():
    assert sum(delay_s(n) for n in range(100)) > 3 * 24 * 3600


def test_a_window_lets_so_many_through_and_then_opens_again():
    window = Window(3, 60_000)
    assert [window.wait_s(now) for now in (0, 10_000, 20_000)] == [0, 0, 0]
    assert window.wait_s(30_000) == 30
    assert window.wait_s(59_999) == 1
    assert window.wait_s(60_000) == 0
    assert window.wait_s(60_001) == 10

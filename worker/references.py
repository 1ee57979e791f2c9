"""For which jobs with inputs by reference an operator puts up stake."""

from __future__ import annotations

from enum import StrEnum


class References(StrEnum):
    """Whoever serves an input can withdraw it once others have answered. Then later rounds cannot
    run it, and judge honest answers all the same.
    """

    NEVER = "never"
    LAST_ROUND = "last-round"
    """Seats of a committee that no other round can follow: none but itself judges it."""
    ALWAYS = "always"
    """Whatever can be withdrawn: proposals, seats of any round, appeals."""

"""Time on the test chain. Every block comes one second after the last; nothing waits."""

from ape import chain, networks


def second_by_second() -> None:
    """Makes block times independent of the clock on the wall."""
    networks.provider.make_request("anvil_setBlockTimestampInterval", [1])


def now() -> int:
    """Time of the newest block."""
    return int(chain.blocks.head.timestamp)


def height() -> int:
    """Number of the newest block."""
    return int(chain.blocks.height)


def mine(blocks: int = 1) -> None:
    """Mines empty blocks."""
    chain.mine(blocks)


def go_to(time: int) -> None:
    """Mines a block at `time`. The next transaction comes at least a second later."""
    chain.mine(timestamp=time)

"""How the protocol's vectors write bytes and large integers."""


def data(value: bytes) -> str:
    """Bytes as text."""
    return "0x" + value.hex()


def number(value: int) -> str:
    """An integer that may be large, as text."""
    return hex(value)

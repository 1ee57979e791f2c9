"""Prints the path of the interpreter that runs this, or says why Assay cannot use it.

Written for any Python 3, since it has to start in the ones it refuses.
"""

import importlib.util
import sys

WANTED = ((3, 11), (3, 12))


def fault() -> str:
    """What is wrong with this interpreter; empty when nothing is."""
    version = ".".join(map(str, sys.version_info[:3]))
    if sys.version_info[:2] not in WANTED:
        return "is Python " + version
    if sys.maxsize < 2**32:
        return "is a 32-bit Python"
    if sys.prefix == sys.base_prefix and importlib.util.find_spec("ensurepip") is None:
        return "is Python {} without ensurepip (Debian: install python{}.{}-venv)".format(
            version, *sys.version_info[:2]
        )
    return ""


if __name__ == "__main__":
    print(fault() or sys.executable)
    sys.exit(bool(fault()))

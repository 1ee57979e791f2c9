"""Writes tests/vectors/tensor_mutations.json: damaged payloads and what Python says of each.

Run it from anywhere: `python scripts/vectors/tensor_mutations.py`, with `--check` to compare only.
These verdicts come from `assay.tensors`; the Solidity tests hold the library to the same ones.
"""

import hashlib
from collections.abc import Iterator

from tensor_blocks import hexadecimal
from tensors import valid_cases
from vector_file import Json, write_or_check

from assay.errors import MalformedPayloadError
from assay.tensors import decode

PER_PAYLOAD = 8
LONGEST = 200  # bytes of a payload worth damaging


def mutation_cases() -> Iterator[Json]:
    """Each distinct damaged payload once, with its error and arguments, or no error."""
    seen = set()
    for case in valid_cases():
        payload = bytes.fromhex(case["payload"][2:])
        if len(payload) > LONGEST:
            continue
        for index in range(PER_PAYLOAD):
            damaged = damage(payload, hashlib.sha256(f"{case['name']} {index}".encode()).digest())
            if damaged not in seen:
                seen.add(damaged)
                yield {"name": case["name"], "payload": hexadecimal(damaged), **verdict(damaged)}


def damage(payload: bytes, noise: bytes) -> bytes:
    """Overwrite one byte, and sometimes cut, lengthen or overwrite another."""
    octets = bytearray(payload)
    octets[noise[0] % len(octets)] = noise[1]
    if noise[2] < 64:
        octets[noise[3] % len(octets)] ^= 1 << noise[4] % 8
    elif noise[2] < 96:
        del octets[noise[3] % len(octets) :]
    elif noise[2] < 112:
        octets += noise[4 : 5 + noise[3] % 4]
    return bytes(octets)


def verdict(payload: bytes) -> Json:
    try:
        decode(payload)
    except MalformedPayloadError as error:
        name = type(error).__name__.removeprefix("Tensor").removesuffix("Error")
        return {"failure": name, "args": [str(arg) for arg in error.args]}
    return {"failure": "", "args": []}


if __name__ == "__main__":
    write_or_check("tensor_mutations.json", {"mutations": list(mutation_cases())})

"""Relays before a node: processes of their own that count, slow down or spoil what passes."""

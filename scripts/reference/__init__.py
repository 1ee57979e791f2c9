"""The reference pages, written from docstrings, NatSpec and ABIs."""

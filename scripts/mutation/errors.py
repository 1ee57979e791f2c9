"""What keeps mutation testing from saying anything."""


class MutationError(RuntimeError):
    """The tools or the tests do not work before any fault is planted; says which and how."""

"""From a model of one's own to a settled answer, for several kinds of models.

Each recipe is a function `run(publisher, requester, store)`: two clients, which may be one and the
same, and the folder that the workers read models from. It returns what it found, one line each.
"""

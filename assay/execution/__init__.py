"""How a model runs: the settings that votes are cast with, and those that check them.

Nothing is imported here: `levels` needs the standard library alone, `session` onnxruntime.
"""

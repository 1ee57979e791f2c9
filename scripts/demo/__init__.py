"""`make demo`: the main job for real, on a chain of its own."""

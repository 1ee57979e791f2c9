"""Runs models in sandboxed child processes: `worker.executor.executor.Executor`.

Nothing is imported here: the child imports this package before its sandbox stands, and must not
load numpy or onnxruntime before that.
"""

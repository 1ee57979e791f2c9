"""What a model is, found out from its bytes before it runs.

`graph` and `runtime` import onnx and onnxruntime: they are for the sandboxed child of a worker, and
for publishers.
"""

"""The Assay worker: runs ONNX models for jobs on chain and votes on their results."""

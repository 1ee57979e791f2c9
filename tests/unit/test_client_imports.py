"""What a dapp loads with the client."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_import__client__no_model_runtime() -> None:
    program = (
        "import sys, assay.client; "
        "print(sorted({'onnx', 'onnxruntime', 'skl2onnx', 'ape'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout == "[]\n"

"""A deployment, an account and a model that exist nowhere."""

from eth_account import Account
from eth_account.signers.local import LocalAccount

from assay import ids
from assay.addresses import address
from assay.deployments import Deployment
from assay.manifest import Manifest
from assay.tensors import DataType, TensorSpec

ACCOUNT: LocalAccount = Account.from_key(ids.digest(b"somebody"))

DEPLOYMENT = Deployment(
    network="nowhere",
    chain_id=31_337,
    genesis_hash=bytes(32),
    block=10,
    asset_symbol="TOK",
    asset_decimals=18,
    unit=10**12,
    epoch=60,
    **{
        name: address(ids.digest(name.encode())[12:])
        for name in ("asset", "registry", "vault", "queue", "settlement")
    },
)

MANIFEST = Manifest(
    description="two numbers to one",
    licence="MIT",
    inputs=[TensorSpec("x", DataType.FLOAT, (None, 2))],
    outputs=[TensorSpec("y", DataType.FLOAT, (None, 1))],
    opset={"ai.onnx": 21},
    runtime="onnxruntime",
)

"""PyTorch: a small convolution network, trained and exported here. `pip install torch` first."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

from sklearn.datasets import load_digits

from assay import Client
from examples.models.split import held_out


def run(publisher: Client, requester: Client, store: Path) -> Iterator[str]:
    """Handwritten digits, as pictures [1, 1, 8, 8] with values from 0 to 1."""
    import torch  # late: a large package, which the other recipes do without
    from torch import nn

    data = load_digits()
    train, unseen = held_out(data.data / 16, data.target, seed=0, stratify=True)
    torch.manual_seed(0)
    network = nn.Sequential(
        nn.Conv2d(1, 8, 3), nn.ReLU(), nn.Flatten(), nn.Linear(8 * 6 * 6, 10), nn.Softmax(dim=1)
    )
    pictures = torch.from_numpy(train.rows).reshape(-1, 1, 8, 8)
    labels = torch.from_numpy(train.targets)
    optimiser = torch.optim.Adam(network.parameters(), lr=0.01)
    for _ in range(60):
        optimiser.zero_grad()
        nn.functional.nll_loss(torch.log(network(pictures)), labels).backward()
        optimiser.step()

    file = io.BytesIO()
    torch.onnx.export(
        network.eval(),
        (pictures[:1],),
        file,
        input_names=["picture"],
        output_names=["probabilities"],
        opset_version=17,
        dynamo=False,
    )
    asked = unseen.rows.reshape(-1, 1, 1, 8, 8)
    published = publisher.publish(
        file.getvalue(),
        "digits-torch",
        description="Handwritten digits of 8 by 8 pixels, 0 white to 1 black, to probabilities.",
        licence="CC-BY-4.0",
        lineage=["UCI Optical Recognition of Handwritten Digits"],
        samples=list(asked[:20]),
        store=store,
    )
    answers = requester.infer_many(published.version_id, list(asked[:3]), max_price=10**18)
    for number, answer in enumerate(answers):
        said = int(answer["probabilities"].argmax())
        yield f"digit {number}: a {said}; it is a {unseen.targets[number]}"

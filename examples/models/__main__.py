"""Builds all models: `python -m examples.models FOLDER`."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from examples.models import diabetes, digits, volatility


def main() -> None:
    """Write the files and print what the versions say, as JSON."""
    parser = argparse.ArgumentParser(prog="python -m examples.models", description=__doc__)
    parser.add_argument("folder", type=Path, help="where the artefacts and manifests go")
    parser.add_argument("--seed", type=int, default=0, help="another seed, other models")
    options = parser.parse_args()
    built = [
        recipe.build(options.folder, options.seed) for recipe in (digits, diabetes, volatility)
    ]
    print(json.dumps({model.name: model.metadata() for model in built}, indent=2))


if __name__ == "__main__":
    main()

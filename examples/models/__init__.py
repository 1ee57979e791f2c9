"""Three models that are trained on the spot, to publish and to ask.

    python -m examples.models FOLDER

writes their artefacts and manifests to a folder and prints what a version of them says. From
Python: `digits.build(folder)`, `diabetes.build(folder)`,
`volatility.build(folder)`.
"""

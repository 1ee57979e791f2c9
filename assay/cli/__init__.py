"""`assay`: models, jobs, credit and stake from the command line.

Nothing here imports web3 until a command needs it, so that help and completion come at once.
"""

from __future__ import annotations

import click

from assay.cli.lazy import LazyGroup
from assay.cli.root import Root

_COMMANDS = "assay.cli.commands"


def _group(name: str, says: str, **commands: str) -> LazyGroup:
    lazy = {
        key.rstrip("_"): (f"{_COMMANDS}.{name}.{key.rstrip('_')}:command", text)
        for key, text in commands.items()
    }
    return LazyGroup(name, help=says, lazy=lazy)


main = Root(
    "assay",
    help="""Ask published models, and see to jobs, credit and stake.

    Settings come from options, from variables ASSAY_…, and from assay.toml: the file that --config
    names, or the one in this folder, or the one in your configuration folder.
    """,
    lazy={
        "init": (f"{_COMMANDS}.init:command", "Write assay.toml, and a key store if you like."),
        "doctor": (f"{_COMMANDS}.doctor:command", "Say everything that is wrong with the set-up."),
        "infer": (f"{_COMMANDS}.infer:command", "Ask a model."),
        "publish": (f"{_COMMANDS}.publish:command", "Publish a model."),
        "completion": (f"{_COMMANDS}.completion:command", "Print a shell's completion script."),
    },
)
main.add_command(
    _group(
        "models",
        "Published models.",
        list="List models.",
        search="List models whose name or owner has a text in it.",
        show="Show a model or one of its versions.",
        deprecate="Take a version out of service, for good.",
    )
)
main.add_command(
    _group(
        "jobs",
        "Jobs that were posted.",
        list="List jobs, the newest first.",
        show="Show how a job stands and what happened to it.",
        watch="Follow a job until its answer is final.",
        result="Get a job's answer.",
        cancel="Take back a job that was just posted.",
        appeal="Put an answer before a larger committee.",
        advance="End a round that ran out of time.",
        deliver="Call the callback of a job with its answer.",
        close="Divide the money of a job that has ended.",
    )
)
main.add_command(
    _group(
        "workers",
        "Who answers jobs.",
        list="List workers and their share of the draw.",
        show="Show a worker.",
    )
)
main.add_command(
    _group(
        "stake",
        "Your own worker, as its cold account.",
        show="Show your worker.",
        register="Become a worker, with a signer.",
        add="Add to the stake.",
        unstake="Start taking stake out.",
        withdraw="Move what was taken out of the stake into your credit.",
        signer="Give the worker another signer.",
        endpoint="Say where the worker serves artefacts.",
        switch="Switch the worker on or off.",
    )
)
main.add_command(
    _group(
        "credit",
        "Your credit in the vault.",
        show="Show credit and balances.",
        deposit="Move some of the asset into the vault.",
        withdraw="Take credit out of the vault.",
    )
)
click.version_option(package_name="assay")(main)

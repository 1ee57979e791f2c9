#!/usr/bin/env bash
# Installs everything Assay is built and tested with, inside this folder. A second run finds its
# stamps and ends at once. PYTHON=/path/to/python3.12 chooses the interpreter.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
root=$PWD

# The environment made here must not be taken for the machine's own Python or tools.
PATH=":$PATH:"
for own in "$root/.venv/bin" "$root/.toolchain/bin"; do
  while [[ $PATH == *":$own:"* ]]; do PATH=${PATH/":$own:"/:}; done
done
PATH=${PATH#:}
PATH=${PATH%:}
export PATH
unset VIRTUAL_ENV

mkdir -p .toolchain/stamps
if command -v flock >/dev/null; then # two runs at once would install over each other
  exec 9>.toolchain/lock
  flock 9
fi

. scripts/toolchain/prerequisites.sh
. scripts/toolchain/stamp.sh

require_node
python=$(find_python)

. scripts/toolchain/python.sh
. scripts/toolchain/node.sh
. scripts/toolchain/qemu.sh

#!/usr/bin/env bash
# Installs everything Assay is built and tested with, inside this folder. A second run finds its
# stamps and ends at once. PYTHON=/path/to/python3.12 chooses the interpreter.
#   setup.sh         the development environment
#   setup.sh users   and the environment of those who install the two packages, which `make test`
#                    uses for a second run of the unit tests
#   setup.sh halmos  and the symbolic checker, whose dependencies agree with nothing else here
set -euo pipefail
cd -P "$(dirname "${BASH_SOURCE[0]}")/.."

# The environment made here must not be taken for the machine's own Python or tools.
PATH=":$PATH:"
for own in "$PWD/.venv/bin" "$PWD/.toolchain/bin"; do
  while [[ $PATH == *":$own:"* ]]; do PATH=${PATH/":$own:"/:}; done
done
PATH=${PATH#:}
PATH=${PATH%:}
unset VIRTUAL_ENV PYTHONPATH PYTHONHOME

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
provide_environment python .venv "locks/py${python_version/./}.txt"
if [[ ${1:-} == users ]]; then
  provide_environment users .toolchain/users "locks/users${python_version/./}.txt"
elif [[ ${1:-} == halmos ]]; then
  provide_tool halmos .toolchain/halmos "locks/halmos${python_version/./}.txt"
fi

. scripts/toolchain/node.sh
provide_node_packages
. scripts/toolchain/qemu.sh
provide_qemu

# Source this for the project's own ape, forge, anvil, solc and Python: . scripts/toolchain/env.sh
assay_root=$(cd "$(dirname "${BASH_SOURCE[0]:-$0}")/../.." && pwd)
export PATH="$assay_root/.toolchain/bin:$assay_root/.venv/bin:$PATH"
export SOLCX_BINARY_PATH="$assay_root/.toolchain/solc"
unset assay_root

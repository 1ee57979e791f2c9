#!/usr/bin/env bash
# Lines and branches of the contracts that the behaviour tests reach, and those they do not. Forge
# measures code without the optimiser, so the few tests that bound gas may fail here; `make test`
# is what judges. Invariants are left out: reached by chance is not tested.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. scripts/toolchain/env.sh

report=.build/coverage/lcov.info
mkdir -p "${report%/*}"
forge coverage --allow-failure --no-match-path 'tests/forge/invariants/*' \
  --no-match-coverage '^(node_modules|tests)/|/mocks/' \
  --report summary --report lcov --report-file "$report" >"${report%/*}/log.txt"
grep -E '^\| (File|contracts/|Total)' "${report%/*}/log.txt"
.venv/bin/python scripts/uncovered.py "$report"

#!/usr/bin/env bash
# Runs halmos over tests/symbolic. Arguments go to halmos: `scripts/symbolic.sh --contract DrawsSymbolic`.
# Any panic is a failure, an overflow too; a solver that gives up fails the check.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. scripts/toolchain/env.sh

tools=$PWD/.toolchain/halmos/bin
FOUNDRY_PROFILE=symbolic "$tools/halmos" --forge-build-out .build/symbolic/out \
  --solver-command "$tools/yices-smt2" --solver-timeout-assertion 10m --panic-error-codes '*' \
  --loop 8 --no-status "$@"

# Sourced by setup.sh. Names what the machine itself must bring, with the version wanted.

missing() {
  printf 'setup: %s\n' "$@" >&2
  exit 1
}

require_node() {
  local found
  command -v node >/dev/null || missing "Node.js is not installed. Wanted: version 20 or newer, with npm."
  found=$(node -p 'process.versions.node' 2>&1) ||
    missing "node ($(command -v node)) does not run: ${found//$'\n'/ }" "Wanted: Node.js 20 or newer, with npm."
  ((${found%%.*} >= 20)) ||
    missing "Node.js $found ($(command -v node)) is too old. Wanted: version 20 or newer."
  found=$(npm --version 2>&1) ||
    missing "npm is not installed or does not run. Wanted: the npm that comes with Node.js 20 or newer."
}

# A name on PATH proves nothing (version managers leave shims that do not run): each candidate is
# run. An environment that is already there keeps its interpreter unless PYTHON names another.
find_python() {
  local candidate answer tried=()
  local candidates=(python3.11 python3.12 python3 python)
  if [[ -n ${PYTHON:-} ]]; then
    candidates=("$PYTHON")
  elif [[ -x .venv/bin/python ]]; then
    candidates=(.venv/bin/python "${candidates[@]}")
  fi
  for candidate in "${candidates[@]}"; do
    if ! command -v "$candidate" >/dev/null; then
      tried+=("  $candidate: not found")
    elif ! answer=$("$candidate" scripts/toolchain/probe_python.py 2>&1); then
      tried+=("  $candidate: ${answer%%$'\n'*}")
    else
      echo "$answer"
      return
    fi
  done
  missing "no usable Python. Wanted: Python 3.11 or 3.12 with its venv module. Tried:" "${tried[@]}" \
    "Install one, or name it: make setup PYTHON=/path/to/python3.12"
}

#!/usr/bin/env bash
# Rewrites the lock files: exact versions with hashes, and no address they came from.
#   bootstrap  what installs the others (uv) and what builds source packages
#   py31x      everything, for development
#   users31x   the two packages with what users get beside them, for testing that too
#   halmos31x  the symbolic checker
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

compile() { # <python version> <output> <input and options...>
  local version=$1 output=$2
  shift 2
  .venv/bin/uv pip compile --quiet --upgrade --generate-hashes --no-annotate --no-header \
    --python-version "$version" --output-file "$output" "$@"
  printf '%s\n%s\n' '# Made by `make lock`. Do not edit.' "$(<"$output")" >"$output.new"
  mv "$output.new" "$output"
}

export UV_SYSTEM_CERTS=true
mkdir -p locks
for version in 3.11 3.12; do
  compile "$version" "locks/py${version/./}.txt" pyproject.toml --all-extras --group dev
  compile "$version" "locks/users${version/./}.txt" pyproject.toml --all-extras --group test
  compile "$version" "locks/halmos${version/./}.txt" --only-binary :all: - <<<"halmos==0.3.3"
done
printf '%s\n' uv setuptools pdm-backend |
  compile 3.11 locks/bootstrap.txt - --constraint locks/py311.txt

npm install --package-lock-only --silent

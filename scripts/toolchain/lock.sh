#!/usr/bin/env bash
# Rewrites the lock files: exact versions with hashes, and no address they came from.
# The bootstrap lock holds what installs the others (uv) and what builds source packages.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

uv=.venv/bin/uv
header="# Made by \`make lock\`. Do not edit."

compile() { # <python version> <output> <input and options...>
  local version=$1 output=$2
  shift 2
  "$uv" pip compile --quiet --upgrade --generate-hashes --no-annotate --no-header \
    --python-version "$version" --output-file "$output" "$@"
  printf '%s\n%s\n' "$header" "$(cat "$output")" >"$output.new"
  mv "$output.new" "$output"
}

mkdir -p locks
for version in 3.11 3.12; do
  compile "$version" "locks/py${version/./}.txt" pyproject.toml --extra worker --group dev
done
printf "%s\n" uv setuptools | compile 3.11 locks/bootstrap.txt - --constraint locks/py311.txt

npm install --package-lock-only

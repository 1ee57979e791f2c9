#!/usr/bin/env bash
# Runs commands side by side and prints what each said once it has ended; fails if one of them does.
set -euo pipefail

folder=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null || true; rm -rf "$folder"' EXIT

running=()
for command in "$@"; do
  bash -c "$command" >"$folder/${#running[@]}" 2>&1 &
  running+=($!)
done

failed=0
for number in "${!running[@]}"; do
  wait "${running[number]}" || failed=1
  cat "$folder/$number"
done
exit "$failed"

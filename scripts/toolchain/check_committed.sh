#!/usr/bin/env bash
# Fails when a committed file names where packages came from, or a folder of somebody's machine.
# (The brackets keep this file from finding itself.)
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

registries='registry[.](npmjs|yarnpkg)|npmjs[.]org|pypi[.](org|io)|pythonhosted[.]org|deb[.]debian'
machine_paths='(^|[^A-Za-z0-9_.~-])/(work|root|tmp|home/[a-z]+|Users/[A-Za-z]+)/'
lock_addresses='"resolved"|--(extra-)?index-url|--find-links|^-[if] |https?://[^ ]*[.](tgz|whl|tar[.]gz)'

refuse() { # <what> <pattern> <files...>
  local what=$1 pattern=$2
  shift 2
  if git grep --untracked -nIE "$pattern" -- "$@"; then
    echo "committed files must not name $what (above)" >&2
    return 1
  fi
}

refuse "a package registry" "$registries" .
refuse "a path of one machine" "$machine_paths" . ':!scripts/toolchain/check_committed.sh'
refuse "where a package was downloaded" "$lock_addresses" package-lock.json locks

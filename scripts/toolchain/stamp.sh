# Sourced by setup.sh. A step is skipped while the contents it was made from stay the same.

fingerprint() { # <words and files...>: one digest of the words and of the files' contents
  "$python" - "$@" <<'EOF'
import hashlib, pathlib, sys

digest = hashlib.sha256()
for item in sys.argv[1:]:
    path = pathlib.Path(item)
    digest.update(path.read_bytes() if path.is_file() else item.encode())
    digest.update(b"\0")
print(digest.hexdigest())
EOF
}

is_stamped() { # <step> <fingerprint>
  [[ -f .toolchain/stamps/$1 && $(<".toolchain/stamps/$1") == "$2" ]]
}

stamp() { # <step> <fingerprint>
  printf '%s\n' "$2" >".toolchain/stamps/$1"
}

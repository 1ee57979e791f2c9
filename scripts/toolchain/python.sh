# Sourced by setup.sh. Makes .venv from the hash lock of the interpreter's version.

python_version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
python_lock=locks/py${python_version/./}.txt

install_python_packages() {
  # Wheels only, so that no installed code runs while installing; these three are published as
  # source alone, and are built by the locked setuptools.
  local source_only=(lazyasd python-baseconv varint)

  if [[ $python != "$PWD/.venv/bin/python" ]]; then
    rm -rf .venv
    "$python" -m venv .venv
  fi
  .venv/bin/python -m pip install --quiet --require-hashes --only-binary :all: \
    --disable-pip-version-check -r locks/bootstrap.txt
  .venv/bin/uv pip sync --quiet --python .venv/bin/python --require-hashes --only-binary :all: \
    "${source_only[@]/#/--no-binary=}" --no-build-isolation "$python_lock"
  .venv/bin/uv pip install --quiet --python .venv/bin/python --no-deps --no-build-isolation \
    --editable .
}

print_python=$(fingerprint "$python_version" locks/bootstrap.txt "$python_lock" pyproject.toml \
  scripts/toolchain/python.sh "$PWD")
if [[ $python != "$PWD/.venv/bin/python" ]] || ! is_stamped python "$print_python"; then
  echo "setup: Python $python_version packages from $python_lock"
  install_python_packages
  stamp python "$print_python"
fi

# Sourced by setup.sh. Makes Python environments from the hash locks of the interpreter's version.

python_version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')

export UV_SYSTEM_CERTS=true # the machine's own certificates, as pip and npm use them

install_python_packages() { # <environment> <lock>
  local environment=$1 lock=$2
  # Compiled at once: the sandbox must not write, some machines do not let Python do so, and a worker
  # starts twice as fast. Wheels only, so that no installed code runs while installing; these three are published as
  # source alone, and are built by the locked setuptools.
  local source_only=(lazyasd python-baseconv varint)

  if [[ $python != "$PWD/$environment/bin/python" ]]; then
    rm -rf "$environment"
    "$python" -m venv "$environment"
  fi
  "$environment/bin/python" -m pip install --quiet --require-hashes --only-binary :all: \
    --disable-pip-version-check -r locks/bootstrap.txt
  "$environment/bin/uv" pip sync --quiet --python "$environment/bin/python" --require-hashes \
    --only-binary :all: "${source_only[@]/#/--no-binary=}" --no-build-isolation \
    --compile-bytecode \
    locks/bootstrap.txt "$lock"
}

install_project() { # <environment>
  "$1/bin/uv" pip install --quiet --python "$1/bin/python" --no-deps --no-build-isolation \
    --editable .
}

provide_environment() { # <name> <environment> <lock>
  local name=$1 environment=$2 lock=$3 contents
  contents=$(fingerprint "$python_version" "$PWD" pyproject.toml locks/bootstrap.txt "$lock" \
    scripts/toolchain/python.sh)
  if is_stamped "$name" "$contents" && "$environment/bin/python" -c 'import assay' 2>/dev/null; then
    return
  fi
  echo "setup: Python $python_version packages from $lock"
  install_python_packages "$environment" "$lock"
  install_project "$environment"
  stamp "$name" "$contents"
}

provide_tool() { # <name> <environment> <lock>: a program that the project runs and never imports
  local name=$1 environment=$2 lock=$3 contents
  contents=$(fingerprint "$python_version" "$PWD" locks/bootstrap.txt "$lock" \
    scripts/toolchain/python.sh)
  if is_stamped "$name" "$contents" && "$environment/bin/$name" --version >/dev/null 2>&1; then
    return
  fi
  echo "setup: $name from $lock"
  install_python_packages "$environment" "$lock"
  stamp "$name" "$contents"
}

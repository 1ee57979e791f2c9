# Sourced by setup.sh. Some tests run the worker on emulated older CPUs; without qemu-user they
# are skipped with that reason, so nothing here may fail. It is tried once per machine.

install_qemu() {
  local log=.toolchain/qemu.log
  [[ $(id -u) == 0 ]] && command -v apt-get >/dev/null || return 1
  export DEBIAN_FRONTEND=noninteractive
  { apt-get install -y --no-install-recommends qemu-user ||
    { apt-get update && apt-get install -y --no-install-recommends qemu-user; }; } \
    >"$log" 2>&1 </dev/null
}

if ! command -v qemu-x86_64 >/dev/null && [[ ! -f .toolchain/stamps/qemu ]]; then
  echo "setup: qemu-user, for tests on emulated CPUs"
  install_qemu || echo "setup: qemu-user is not available; the tests that want it will be skipped"
  stamp qemu tried
fi

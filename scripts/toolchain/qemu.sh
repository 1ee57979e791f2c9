# Sourced by setup.sh. Some tests run the worker on emulated older CPUs; without qemu-user they
# are skipped with that reason, so nothing here may fail. It is tried once per checkout.

install_qemu() {
  [[ $(id -u) == 0 ]] && command -v apt-get >/dev/null || return 1
  export DEBIAN_FRONTEND=noninteractive
  local install=(apt-get install --yes --no-install-recommends qemu-user)
  "${install[@]}" || { apt-get update && "${install[@]}"; }
}

provide_qemu() {
  if command -v qemu-x86_64 >/dev/null || is_stamped qemu tried; then
    return
  fi
  echo "setup: qemu-user, for tests on emulated CPUs"
  install_qemu >.toolchain/qemu.log 2>&1 </dev/null ||
    echo "setup: no qemu-user here; the tests that want it will be skipped"
  stamp qemu tried
}

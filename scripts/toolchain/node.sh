# Sourced by setup.sh. Compiler, local chain and contract libraries from the npm lock, and the
# two folders that PATH and SOLCX_BINARY_PATH name (see env.sh).

install_node_packages() {
  # `npm ci` refuses a lock that lacks the binaries of other platforms; `npm install` honours it.
  npm install --no-save --loglevel=error >/dev/null
}

# npm's own anvil is a Node wrapper, which a kill would leave without its child: link the binary.
link_foundry() {
  local tool platform binary
  case "$(uname -s)-$(uname -m)" in
    Linux-x86_64) platform=linux-amd64 ;;
    Linux-aarch64) platform=linux-arm64 ;;
    Darwin-x86_64) platform=darwin-amd64 ;;
    Darwin-arm64) platform=darwin-arm64 ;;
    *) missing "no build of anvil and forge for $(uname -sm). Wanted: Linux or macOS, x86-64 or arm64." ;;
  esac
  mkdir -p .toolchain/bin
  for tool in anvil cast forge; do
    binary=node_modules/@foundry-rs/$tool-$platform/bin/$tool
    [[ -x $binary ]] || missing "npm did not install $binary."
    ln -sf "../../$binary" ".toolchain/bin/$tool"
  done
}

link_solc() {
  local version
  version=$(node -p 'require("solc/package.json").version')
  rm -rf .toolchain/solc
  mkdir -p .toolchain/solc
  ln -s ../../scripts/toolchain/solc.cjs ".toolchain/solc/solc-v$version"
}

provide_node_packages() {
  local contents
  contents=$(fingerprint package.json package-lock.json .npmrc scripts/toolchain/node.sh)
  if is_stamped node "$contents" && [[ -x .toolchain/bin/forge ]]; then
    return
  fi
  echo "setup: Solidity compiler, anvil, forge and OpenZeppelin from package-lock.json"
  install_node_packages
  link_foundry
  link_solc
  stamp node "$contents"
}

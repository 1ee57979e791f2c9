#!/usr/bin/env node
// The solc of package-lock.json (WebAssembly) behind the command line of the native compiler, as
// far as forge, Ape and slither use it. Installed as `solc-v<version>`, the name Ape looks for.
"use strict";

const { readFileSync } = require("node:fs");

// The standard JSON input carries every source, so the folders to search are of no use here.
const ignoredWithValue = new Set(["--allow-paths", "--base-path", "--include-path"]);

function parseArguments(args) {
  let mode;
  for (let i = 0; i < args.length; i++) {
    if (args[i] === "--version" || args[i] === "--standard-json") mode = args[i];
    else if (ignoredWithValue.has(args[i])) i++;
    else if (![...ignoredWithValue].some((name) => args[i].startsWith(`${name}=`))) {
      fail(`solc: unsupported argument ${args[i]}; wanted --version or --standard-json`);
    }
  }
  return mode ?? fail("solc: wanted --version or --standard-json");
}

function fail(message) {
  console.error(message);
  process.exit(1);
}

function main() {
  const mode = parseArguments(process.argv.slice(2));
  const solc = require("solc");
  // No process.exit after these writes: it would cut what a pipe has not taken yet.
  if (mode === "--version") {
    const version = solc.version();
    process.stdout.write(`solc, the solidity compiler commandline interface\nVersion: ${version}\n`);
  } else {
    process.stdout.write(`${solc.compile(readFileSync(0, "utf8"))}\n`);
  }
}

main();

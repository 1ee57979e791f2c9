# Everything installs itself on first use: Python 3.11 or 3.12, Node.js 20 or newer and make are
# all that a machine must bring.
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.NOTPARALLEL:

export PATH := $(CURDIR)/.toolchain/bin:$(CURDIR)/.venv/bin:$(PATH)
export SOLCX_BINARY_PATH := $(CURDIR)/.toolchain/solc
# Tests and scripts see this project's Ape settings, not those of the user's home.
export APE_DATA_FOLDER := $(CURDIR)/.toolchain/ape
export KEEP
# Compiled once: five workers and their sandboxes start from what the first import leaves.
export PYTHONDONTWRITEBYTECODE :=

python := .venv/bin/python
solidity := contracts tests/forge tests/symbolic examples/consumer/contracts
unit_pytest := -m pytest -p no:ape_test --disable-socket --allow-unix-socket tests/unit

help: ## what there is to make
	@sed -nE 's/^([a-z-]+):.*## (.*)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 20

setup: ## install what the project needs, inside this folder
	@bash scripts/setup.sh

demo: setup ## a chain, five workers, seventy jobs; KEEP=1 leaves the network up
	@$(python) -m scripts.demo

network: setup ## a chain, honest workers and a model to develop against, until Ctrl-C
	@$(python) -m scripts.network

bench: setup ## measure gas, latency and throughput into benchmarks/results.json
	@$(python) -m benchmarks

compile: setup ## compile the contracts: Ape's scripts and tests take what forge leaves
	forge build

abi: setup ## rewrite assay/abi from the contracts
	forge build --quiet --skip test
	$(python) scripts/export_abi.py

reference: setup ## rewrite docs/reference and docs/errors.md from docstrings and NatSpec
	@$(python) -m scripts.reference

# --- tests -------------------------------------------------------------------------------------

# $(call suite,<name>,<files>,<command>): a suite without files says so and passes.
suite = @if [ -z "$(strip $(2))" ]; then echo "$(1): no tests yet"; else echo "== $(1)"; $(3); fi
files = $(if $(wildcard $(1)),$(shell find $(wildcard $(1)) -name '$(2)'))
chain_folders := $(wildcard tests/integration tests/attacks)

test: setup ## every test
	@bash scripts/toolchain/beside.sh "$(MAKE) test-unit" "forge build --quiet"
	@bash scripts/toolchain/beside.sh "$(MAKE) test-users test-whole" "$(MAKE) test-forge test-chain"

test-unit: setup ## Python, without a chain and without sockets
	$(call suite,unit,$(call files,tests/unit,test_*.py),$(python) $(unit_pytest))

test-users: ## the same with the versions users get
	@bash scripts/setup.sh users
	$(call suite,unit with the versions users get,$(call files,tests/unit,test_*.py),.toolchain/users/bin/python $(unit_pytest))

test-forge: setup ## Solidity: behaviour, fuzzing, invariants; ABIs and reference against the contracts
	$(call suite,forge,$(call files,tests/forge,*.t.sol),forge test)
	$(call suite,ABIs,$(wildcard assay/abi/*.json),forge build --quiet --skip test && $(python) scripts/export_abi.py --check && echo "assay/abi agrees with the contracts")
	$(call suite,reference,docs/errors.md,$(python) -m scripts.reference --check && echo "docs/reference agrees with its sources")

test-chain: setup ## deployed contracts, attacks and workers on anvil
	$(call suite,chain,$(call files,$(chain_folders),test_*.py),ape test $(chain_folders))

test-whole: setup ## networks of processes: demo, chaos, examples; gas as it is committed
	$(call suite,whole,$(call files,tests/e2e,test_*.py),$(python) -m pytest -p no:ape_test tests/e2e)

# --- checks ------------------------------------------------------------------------------------

lint: setup ## formats, types and lints
	ruff check .
	ruff format --check .
	mypy assay worker scripts examples $(wildcard benchmarks)
	forge fmt --check $(solidity)
	forge lint --quiet --deny warnings
	FOUNDRY_PROFILE=symbolic forge build --quiet
	@bash scripts/toolchain/check_committed.sh

format: setup ## rewrite the formats that lint checks
	ruff check --fix .
	ruff format .
	forge fmt $(solidity)

slither: setup ## static analysis of the contracts
	slither .

# --- slow checks, see docs/assurance.md -----------------------------------------------------------

mutation: setup ## plant faults in the contracts and count those the tests notice; COUNT=, SEED=, FILES=
	@$(python) -m scripts.mutation $(if $(COUNT),--count $(COUNT)) $(if $(SEED),--seed $(SEED)) $(FILES)

invariants: setup ## more than a million calls of the invariants, of a new seed
	@$(python) -m benchmarks invariants

chaos: setup ## five workers while everything around them goes wrong; SEED=, JOBS=, SECONDS=
	@$(python) -m scripts.chaos $(if $(SEED),--seed $(SEED)) $(if $(JOBS),--jobs $(JOBS)) $(if $(SECONDS),--seconds $(SECONDS))

symbolic: ## properties of single functions for all inputs at once
	@bash scripts/setup.sh halmos
	@bash scripts/symbolic.sh

coverage: setup ## lines and branches of the contracts that tests reach
	@bash scripts/coverage.sh

# --- upkeep ------------------------------------------------------------------------------------

lock: setup ## rewrite the lock files with the newest versions allowed
	@bash scripts/toolchain/lock.sh

clean: ## remove what was compiled and cached; what setup installed stays
	rm -rf .build .mypy_cache .ruff_cache .pytest_cache .hypothesis .coverage htmlcov dist crytic-export

.PHONY: help setup demo network bench compile abi reference test test-unit test-users test-forge test-chain test-whole lint \
	format slither mutation invariants chaos symbolic coverage lock clean

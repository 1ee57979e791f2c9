"""Deploying: once, read back, recorded last, and never half."""

import json
import subprocess
from dataclasses import dataclass

import pytest
import yaml

from assay import deployments
from assay.deployments import StaleDeploymentError
from scripts.deployment import parameters as parameter_files
from scripts.deployment.deploy import LOCAL_NETWORKS, deploy
from scripts.deployment.errors import MismatchError, NonceError, ParameterError
from scripts.deployment.local_chain import local_chain
from tests.support.protocol import contract, create

USUAL = {
    "asset": "mock token",
    "unit": 10**12,
    "epoch": 60,
    "minimum_stake": 1_000_000,
    "owner": "deployer",
    "protocol_fee_bps": 250,
    "burn_bps": 2_000,
    "shortest_phase": 4,
}
SOMEBODY = "0x00000000000000000000000000000000DeaDBeef"


@pytest.fixture
def sender(accounts_for):
    """A deploying account through Ape."""
    from scripts.deploy import ApeSender

    return ApeSender(accounts_for(1)[0])


@pytest.fixture
def w3(networks):
    return networks.provider.web3


@pytest.fixture
def run(w3, sender, tmp_path):
    """`run(network="local", sender=…, **changes)`: deploys with usual parameters and changes."""

    def make(network="local", sender=sender, **changes):
        asked = parameter_files.parse({**USUAL, **changes}, source="test")
        return deploy(w3, sender, network, asked, tmp_path)

    return make


# --- what is told ---


def test_deploy__each_creation__named_before_it_is_sent(run, capsys):
    run()
    names = ("MockToken", "ModelRegistry", "StakeVault", "Settlement", "JobQueue")
    said = [line for line in capsys.readouterr().out.splitlines() if "Creation" in line]
    assert said == [f"Creation of {name}:" for name in names]


# --- what is deployed ---


def test_deploy__new_network__every_wire_and_parameter_as_asked(run, sender):
    made = run(owner=SOMEBODY).deployment
    vault, queue = contract("StakeVault", made.vault), contract("JobQueue", made.queue)
    settlement = contract("Settlement", made.settlement)
    registry = contract("ModelRegistry", made.registry)

    assert (vault.ASSET(), vault.QUEUE(), vault.SETTLEMENT()) == (
        made.asset,
        made.queue,
        made.settlement,
    )
    assert (vault.UNIT(), vault.EPOCH(), vault.MINIMUM_STAKE()) == (10**12, 60, 1_000_000)
    assert (queue.REGISTRY(), queue.VAULT(), queue.SETTLEMENT()) == (
        made.registry,
        made.vault,
        made.settlement,
    )
    assert (settlement.REGISTRY(), settlement.VAULT(), settlement.QUEUE()) == (
        made.registry,
        made.vault,
        made.queue,
    )
    assert (queue.owner(), registry.owner()) == (SOMEBODY, SOMEBODY)
    assert (queue.protocolFeeBps(), queue.burnBps()) == (250, 2_000)


def test_deploy__new_network__the_file_says_what_dapps_need(run, w3, tmp_path):
    made = run().deployment
    written = json.loads((tmp_path / "local.json").read_text())

    names = ("asset", "registry", "vault", "queue", "settlement")
    assert {name: written[name] for name in names} == made.contracts
    assert written["chainId"] == w3.eth.chain_id
    assert written["genesisHash"] == w3.eth.get_block(0)["hash"].to_0x_hex()
    assert (written["unit"], written["epoch"], written["parameters"]) == (10**12, 60, USUAL)
    assert w3.eth.get_code(made.registry, written["block"])
    assert not w3.eth.get_code(made.registry, written["block"] - 1)
    assert deployments.load("local", tmp_path) == made


def test_deploy__own_asset__used_and_no_mock_created(run, sender):
    token = create("MockToken", sender=sender.account)
    assert run("elsewhere", asset=str(token.address)).deployment.asset == token.address


# --- a second run ---


def test_deploy__second_run__deploys_nothing(run, sender):
    first = run()
    nonce = sender.nonce()
    second = run()

    assert (first.created, second.created) == (True, False)
    assert second.deployment == first.deployment
    assert sender.nonce() == nonce


def test_deploy__other_parameters_than_before__refused_by_name(run, sender):
    run()
    nonce = sender.nonce()
    with pytest.raises(MismatchError, match="epoch: deployed with 60, now asked for 90") as refusal:
        run(epoch=90, unit=10**13)
    assert len(refusal.value.faults) == 3  # both, and what to do
    assert sender.nonce() == nonce


def test_deploy__file_names_the_wrong_contracts__refused(run, tmp_path):
    made = run().deployment
    swapped = {"queue": made.settlement, "settlement": made.queue}
    made.model_copy(update=swapped).write(tmp_path)
    with pytest.raises(MismatchError, match=r"StakeVault\.QUEUE\(\) is .*, expected "):
        run()


# --- files of other chains ---


def _of_another_chain(made):
    return made.model_copy(update={"genesis_hash": b"\x01" * 32})


def test_deploy__stale_local_file__replaced_with_the_reason(run, tmp_path):
    stale = _of_another_chain(run().deployment)
    stale.write(tmp_path)
    outcome = run()

    assert outcome.created
    assert "the chain was started anew" in outcome.replaced
    assert outcome.deployment.registry != stale.registry
    assert deployments.load("local", tmp_path) == outcome.deployment


def test_deploy__stale_file_of_a_lasting_network__refused_and_kept(run, sender, tmp_path):
    token = create("MockToken", sender=sender.account)
    stale = _of_another_chain(run("elsewhere", asset=str(token.address)).deployment)
    path = stale.write(tmp_path)
    with pytest.raises(StaleDeploymentError):
        run("elsewhere", asset=str(token.address))
    assert deployments.load(path) == stale


# --- runs that do not end well ---


@dataclass
class Interrupted:
    """A sender that is stopped before its fourth contract."""

    inner: object
    left: int = 3

    @property
    def address(self):
        return self.inner.address

    def nonce(self):
        return self.inner.nonce()

    def create(self, artefact, *arguments):
        if not self.left:
            raise KeyboardInterrupt
        self.left -= 1
        return self.inner.create(artefact, *arguments)


@dataclass
class Busy(Interrupted):
    """A sender that has other business between two contracts."""

    left: int = 10

    def create(self, artefact, *arguments):
        if artefact.name == "Settlement":
            self.inner.account.transfer(self.inner.account, 0)
        return super().create(artefact, *arguments)


def test_deploy__interrupted__no_file_and_the_next_run_starts_anew(run, sender, tmp_path):
    with pytest.raises(KeyboardInterrupt):
        run(sender=Interrupted(sender))
    assert list(tmp_path.iterdir()) == []

    assert run().created


def test_deploy__sender_busy_elsewhere__refused_without_a_file(run, sender, tmp_path):
    with pytest.raises(NonceError, match="nobody else uses"):
        run(sender=Busy(sender))
    assert list(tmp_path.iterdir()) == []


def test_deploy__asset_without_code__refused_before_any_gas(run, sender):
    with pytest.raises(MismatchError, match="there is no contract on this chain"):
        run("elsewhere", asset=SOMEBODY)
    assert sender.nonce() == 0


def test_deploy__asset_is_no_token__refused_before_any_gas(run, sender, protocol):
    with pytest.raises(MismatchError, match="is no ERC-20"):
        run("elsewhere", asset=protocol.deployment.registry)
    assert sender.nonce() == 0


def test_deploy__unit_too_small_for_the_supply__refused_before_any_gas(run, sender):
    token = create("MockToken", sender=sender.account)
    token.mint(sender.account, 10**30, sender=sender.account)
    nonce = sender.nonce()
    with pytest.raises(MismatchError, match="over 2\\^64 units"):
        run("elsewhere", asset=str(token.address), unit=1)
    assert sender.nonce() == nonce


# --- parameter files ---


def test_parameters__many_faults__all_told_at_once():
    wrong = {
        "asset": "0x12",
        "unit": "10",
        "epoch": 3,
        "minimum_stake": -1,
        "protocol_fee_bps": 1_001,
        "shortest_phase": 3,
        "burn_bps": 999,
        "ownr": "deployer",
    }
    with pytest.raises(ParameterError) as refusal:
        parameter_files.parse(wrong, source="net.yaml")
    names = [fault.split(":")[0] for fault in refusal.value.faults]
    assert sorted(names) == sorted([*wrong, "owner"])
    assert all("Expected: " in fault for fault in refusal.value.faults)


@pytest.mark.parametrize("raw", [None, [], "asset"], ids=repr)
def test_parameters__not_a_mapping__refused(raw):
    with pytest.raises(ParameterError, match="expected a mapping with asset, unit"):
        parameter_files.parse(raw, source="net.yaml")


def test_parameters__no_such_file__names_those_there_are(tmp_path):
    (tmp_path / "known.yaml").write_text("")
    with pytest.raises(ParameterError, match="Networks with one: known"):
        parameter_files.load("unknown", local=True, folder=tmp_path)


def test_parameters__not_yaml__refused(tmp_path):
    (tmp_path / "net.yaml").write_text("asset: [")
    with pytest.raises(ParameterError, match="it is not YAML"):
        parameter_files.load("net", local=True, folder=tmp_path)


def test_parameters__mock_token_on_a_lasting_network__refused(tmp_path):
    (tmp_path / "net.yaml").write_text(yaml.safe_dump(USUAL))
    with pytest.raises(ParameterError, match="is for local networks, and net is none"):
        parameter_files.load("net", local=False, folder=tmp_path)


@pytest.mark.parametrize(
    "path", sorted(parameter_files.FOLDER.glob("*.yaml")), ids=lambda p: p.stem
)
def test_parameters__those_of_the_project__accepted(path):
    parameter_files.load(path.stem, local=path.stem in LOCAL_NETWORKS)


# --- the script ---


def test_script__twice_on_a_chain__deploys_once(tmp_path):
    with local_chain() as chain:
        network = f"ethereum:anvil:{chain.url}"
        command = ["ape", "run", "deploy", "--network", network, "--folder", str(tmp_path)]
        first = subprocess.run(command, capture_output=True, text=True, check=True)
        again = subprocess.run(command, capture_output=True, text=True, check=True)
        made = deployments.load("anvil", tmp_path)
        made.check(chain.connect())

    assert "Deployed to anvil" in first.stdout
    assert "Nothing to do" in again.stdout
    for address in made.contracts.values():
        assert address in first.stdout
        assert address in again.stdout

"""Settings of the command line: where they come from, and every fault at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from assay.cli import settings
from assay.cli.errors import SettingsError
from assay.cli.settings import Settings, load
from assay.publish.stores.opening import open_store


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    return tmp_path


def write(path: Path, **values: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = {"rpc_url": "http://file.example", "deployment": "file", **values}
    path.write_text("".join(f'{name} = "{value}"\n' for name, value in lines.items()))
    return path


def faults(config: Path | None = None, **options: object) -> tuple[str, ...]:
    with pytest.raises(SettingsError) as caught:
        load(config, options)
    return caught.value.faults


def test_load__option_environment_file__in_that_order(monkeypatch: pytest.MonkeyPatch) -> None:
    write(Path("assay.toml"), key_store="file.json")
    monkeypatch.setenv("ASSAY_DEPLOYMENT", "environment")
    monkeypatch.setenv("ASSAY_RPC_URL", "http://environment.example")
    found = load(None, {"deployment": "option", "rpc_url": None})
    assert found.deployment == "option"
    assert found.rpc_url == "http://environment.example"
    assert found.key_store == Path("file.json")


def test_load__store_in_a_file_of_this_folder__opens(here: Path) -> None:
    write(Path("assay.toml"), store="./models/mine")
    store = load(None, {}).store
    assert store is not None
    assert repr(open_store(store)) == f"FolderStore({str(here / 'models' / 'mine')!r}, public=None)"


def test_find__named_here_or_the_users__the_nearest(here: Path) -> None:
    assert settings.find(None) is None
    user = write(here / "config" / "assay" / "assay.toml")
    assert settings.find(None) == user
    write(Path("assay.toml"))
    assert settings.find(None) == Path("assay.toml")
    assert settings.find(Path("other.toml")) == Path("other.toml")


def test_load__paths_in_a_file__from_where_it_is(here: Path) -> None:
    elsewhere = here / "elsewhere"
    (elsewhere / "deployments").mkdir(parents=True)
    (elsewhere / "deployments" / "file.json").write_text("{}")
    path = write(elsewhere / "a.toml", key_store="k.json", password_file="~/p", store="./models")
    found = load(path, {})
    assert found.key_store == elsewhere / "k.json"
    assert found.password_file == Path.home() / "p"
    assert found.store == str(elsewhere / "models")
    assert found.deployment == str(elsewhere / "deployments" / "file.json")
    assert load(path, {"key_store": Path("k.json")}).key_store == Path("k.json")
    by_file = write(elsewhere / "b.toml", deployment="net.json")
    assert load(by_file, {}).deployment == str(elsewhere / "net.json")


def test_load__many_faults__all_told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    Path("bad.toml").write_text('rpc_url = "ftp://x"\nfoo = 1\nlog_range = 0\n')
    monkeypatch.setenv("ASSAY_RPCURL", "x")
    monkeypatch.setenv("ASSAY_WORKER_RPC_URL", "another program's")
    told = faults(Path("bad.toml"))
    for said in (
        "ASSAY_RPCURL: no such setting",
        "rpc_url: expected an http",
        "foo: no such setting",
        "log_range: ",
        "deployment: missing; set it in assay.toml, ASSAY_DEPLOYMENT or --deployment",
    ):
        assert said in "\n".join(told)
    assert len(told) == 5


def test_load__no_such_file_or_no_toml__said() -> None:
    assert "cannot be read" in faults(Path("none.toml"))[0]
    Path("bad.toml").write_text("= 1")
    assert "not a TOML file" in faults(Path("bad.toml"))[0]


def test_load__secret_in_an_option__refused_without_repeating_it() -> None:
    told = "\n".join(faults(rpc_url="http://user:hunter2@node.example", deployment="x"))
    assert "can be read by others" in told
    assert "hunter2" not in told


def test_load__secrets__not_in_the_repr(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASSAY_PASSWORD", "hunter2")
    monkeypatch.setenv("ASSAY_RPC_URL", "http://node.example/hunter2")
    assert "hunter2" not in repr(load(None, {"deployment": "x"}))


@pytest.mark.parametrize("name", Settings.model_fields)
def test_settings__every_one__is_described(name: str) -> None:
    assert Settings.model_fields[name].description


def test_gas_price__gwei__exact_wei(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASSAY_MAX_GAS_PRICE_GWEI", "0.000000001")
    assert load(write(Path("assay.toml")), {}).max_gas_price == 1

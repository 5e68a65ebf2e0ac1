"""Facts from a PostgreSQL server are those of the same rows in a csv file."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from salesperf_lib import facts
from salesperf_lib.errors import DataError

PASSWORD = "s3cret/word"  # needs quoting in a URL
ORDERS = "id,day,amount,person\n1,2026-06-01,1234.50,007\n2,2026-06-30,2,007\n3,2026-06-30,0.01,\n"
MAPPING = """
name: {{zh: 甲, en: a}}
description: {{zh: 甲, en: a}}
licence: none
root: data/raw
inputs:
  o: {orders}
  p: {people}
tables:
  roster:
    from: p
    columns: {{person_id: id, valid_from: day(since), team_id: team, role: "'service'"}}
  orders:
    from: o
    columns: {{order_id: id, ordered_on: day(day), amount: money(amount), person_id: person}}
"""
SCHEMA = """
create table orders (id text, day timestamptz, amount numeric(12, 2), person text);
insert into orders values
  ('1', '2026-05-31 16:00:00+00', 1234.50, '007'),
  ('2', '2026-06-30 15:59:59+00', 2, '007'),
  ('3', '2026-06-30 00:00:00+08', 0.01, null);
create schema hr;
create table hr.people (id text, since date, team text);
insert into hr.people values ('007', '2026-01-01', '华东一部');
"""


def binaries() -> Path | None:
    """Find the folder with initdb, where PostgreSQL is installed."""
    on_path = shutil.which("initdb")
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    found = [Path(on_path)] if on_path else installed
    return found[-1].resolve().parent if found else None


def account() -> str | None:
    """Name the account to run as: PostgreSQL refuses root."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name).pw_name
        except KeyError:
            continue
    return None


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """Start a server of its own on loopback; give the URL, less the password."""
    bin_folder = binaries()
    if bin_folder is None:
        pytest.skip("PostgreSQL is not installed: no initdb on the path or in /usr/lib/postgresql")
    user = account()
    if os.geteuid() == 0 and user is None:
        pytest.skip("PostgreSQL refuses to run as root, and there is no account postgres or nobody")
    folder = Path(tempfile.mkdtemp(prefix="salesperf-pg-"))
    if user:
        shutil.chown(folder, user)
    (folder / "password").write_text(PASSWORD)
    (folder / "password").chmod(0o644)
    cluster, port = folder / "cluster", free_port()

    def run(*command: str | Path) -> None:
        subprocess.run(
            command, check=True, user=user, cwd=folder, capture_output=True, timeout=60, env={"LC_ALL": "C"}
        )

    started = False
    try:
        login = ("-U", "anna", "--pwfile", folder / "password", "--auth-host=scram-sha-256")
        run(
            bin_folder / "initdb",
            "-D",
            cluster,
            *login,
            "--auth-local=trust",
            "-E",
            "UTF8",
            "--locale=C",
            "--no-sync",
        )
        options = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 -c fsync=off -c timezone=UTC"
        run(bin_folder / "pg_ctl", "-D", cluster, "-w", "-l", folder / "log", "-o", options, "start")
        started = True
        (folder / "schema.sql").write_text(SCHEMA, encoding="utf-8")
        run(
            bin_folder / "psql",
            "-h",
            folder,
            "-p",
            str(port),
            "-U",
            "anna",
            "-d",
            "postgres",
            "-f",
            folder / "schema.sql",
        )
        yield f"127.0.0.1:{port}/postgres"
    finally:
        if started:
            run(bin_folder / "pg_ctl", "-D", cluster, "-m", "immediate", "-w", "stop")
        shutil.rmtree(folder, ignore_errors=True)


def project(folder: Path, orders: str, people: str) -> Path:
    (folder / "params" / "sources").mkdir(parents=True)
    mapping = MAPPING.format(orders=orders, people=people)
    (folder / "params" / "sources" / "shop.yaml").write_text(mapping, encoding="utf-8")
    (folder / "data" / "raw").mkdir(parents=True)
    (folder / "data" / "raw" / "orders.csv").write_text(ORDERS, encoding="utf-8")
    (folder / "data" / "raw" / "people.csv").write_text(
        "id,since,team\n007,2026-01-01,华东一部\n", encoding="utf-8"
    )
    return folder


@pytest.mark.postgres
def test_a_server_gives_the_same_facts_as_the_csv(
    server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHOP_PASSWORD", "s3cret%2Fword")
    url = f"postgresql://anna:${{SHOP_PASSWORD}}@{server}"
    from_csv = facts.load("shop", project(tmp_path / "csv", "{file: orders.csv}", "{file: people.csv}"))
    root = project(
        tmp_path / "pg",
        f"{{database: '{url}', table: orders}}",
        f"{{database: '{url}', query: select * from hr.people}}",
    )
    from_server = facts.load("shop", root)
    for table in from_csv.tables:
        key = facts.TABLES[table].key
        expected = from_csv.table(table).order_by(key).to_pyarrow().to_pylist()
        assert from_server.table(table).order_by(key).to_pyarrow().to_pylist() == expected
    assert [row["amount"] for row in expected] == [123450, 200, 1]
    assert from_server.findings.empty
    manifest = (from_server.folder / "manifest.json").read_text(encoding="utf-8")
    assert "s3cret" not in manifest
    assert f"postgresql://anna:***@{server}" in manifest


@pytest.mark.postgres
@pytest.mark.parametrize(
    ("password", "what", "expected"),
    [
        ("s3cret%2Fword", "table: nowhere", "nowhere"),
        ("s3cret%2Fword", "query: select nothing from orders", "nothing"),
        ("wr0ng%2Fword", "table: orders", "password authentication failed"),
    ],
)
def test_what_a_server_refuses_is_told_without_the_password(
    server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, password: str, what: str, expected: str
) -> None:
    monkeypatch.setenv("SHOP_PASSWORD", password)
    url = f"postgresql://anna:${{SHOP_PASSWORD}}@{server}"
    root = project(tmp_path, f"{{database: '{url}', {what}}}", "{file: people.csv}")
    with pytest.raises(DataError) as caught:
        facts.load("shop", root)
    assert expected in str(caught.value)
    assert password not in str(caught.value)
    assert "word@" not in str(caught.value)
    assert not (root / "data" / "snapshots").exists()

"""Forked kernels: the same outputs as ordinary ones, isolated, obedient, and gone with their client."""

from __future__ import annotations

import asyncio
import base64
import json
import logging
import os
import re
import shutil
import signal
import subprocess
import sys
from importlib.metadata import EntryPoint
from pathlib import Path

import nbformat
import pytest

from salesperf_lib.render.kernel import private_kernels
from salesperf_lib.render.warm import client, messages, pool, preload, provisioner
from tests.processes import gone, wait_for

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="kernels are forked on Linux only"),
]

ENVIRONMENT = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
PARENT = "import os, pathlib\nprint(pathlib.Path(f'/proc/{os.getppid()}/cmdline').read_text())"
TEMPLATE = "salesperf_lib.render.warm.template"


@pytest.fixture(autouse=True, scope="module")
def _no_template_is_left():
    yield
    pool.end_templates()


@pytest.fixture
def own_pool(monkeypatch):
    """Give a test a pool without a template, and with nothing said or lost so far."""
    pool.end_templates()
    monkeypatch.setattr(pool, "_lost", {})
    provisioner._say.cache_clear()
    yield
    pool.end_templates()
    provisioner._say.cache_clear()


def _outputs(folder: Path, *cells: str, warm: bool = True, allow_errors: bool = False) -> list[list[dict]]:
    """Run cells in a kernel of their own, and give what each showed."""
    from nbclient import NotebookClient

    folder.mkdir(exist_ok=True)
    notebook = nbformat.v4.new_notebook()
    notebook.cells = [nbformat.v4.new_code_cell(cell) for cell in cells]
    with private_kernels(folder, ENVIRONMENT, warm=warm) as (manager, _):
        NotebookClient(
            notebook, kernel_name="python3", kernel_manager_class=manager, allow_errors=allow_errors,
            shutdown_kernel="immediate",
        ).execute()  # fmt: skip
    return [[dict(output) for output in cell.outputs] for cell in notebook.cells]


def _printed(folder: Path, cell: str, *, warm: bool = True) -> str:
    (shown,) = _outputs(folder, cell, warm=warm)
    return "".join(output["text"] for output in shown)


# -- the same outputs --------------------------------------------------------------------------------

SHOWN = (
    "import pandas as pd, numpy as np, matplotlib.pyplot as plt\nplt.plot([1, 3, 2]);",
    "from matplotlib.figure import Figure\nown = Figure()\nown.subplots().bar([1, 2], [3, 4])\nown",
    "pd.DataFrame({'净销售额': [1.5, 2.5]}, index=['t1', 't2'])",
    "import seaborn as sns\nsns.histplot(x=np.arange(50) % 7)",
    "import warnings, sys\nwarnings.warn('careful')\nprint('said', file=sys.stderr)\nprint('您好')",
    "import duckdb\nduckdb.sql('select sum(a) from range(10000000) t(a)').fetchall()",
    "1 / 0",
)


def test_a_forked_kernel_shows_what_an_ordinary_one_shows(tmp_path):
    plain, warm = (
        _outputs(tmp_path / "same", *SHOWN, warm=warm, allow_errors=True) for warm in (False, True)
    )
    pictures = [
        output["data"]["image/png"]
        for shown in warm
        for output in shown
        if "image/png" in output.get("data", {})
    ]
    assert len(pictures) == 3
    assert all(base64.b64decode(picture).startswith(b"\x89PNG\r\n") for picture in pictures)
    assert warm[5][0]["data"]["text/plain"] == "[(49999995000000,)]"
    assert warm[6][0]["ename"] == "ZeroDivisionError"
    assert "Warning" in json.dumps(warm[4])
    assert _without_pids(json.dumps(plain)) == _without_pids(json.dumps(warm))


def _without_pids(text: str) -> str:
    """Blank the kernel's process number, which stands in the file names of its cells."""
    return re.sub(r"ipykernel_\d+", "ipykernel_n", text)


def test_a_forked_kernel_stands_where_an_ordinary_one_stands(tmp_path):
    look = (
        "import json, os, signal, sys, salesperf_lib.reports, pandera.pandas\n"
        "handlers = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGCHLD)]\n"
        "print(json.dumps([dict(os.environ), os.getcwd(), sys.argv, sys.path, sys.flags.safe_path, __name__,\n"
        "  [getattr(handler, '__name__', str(handler)) for handler in handlers],\n"
        "  os.getpgrp() == os.getpid() == os.getsid(0), os.read(0, 1).decode()]))"
    )
    plain, warm = (json.loads(_printed(tmp_path / "here", look, warm=warm)) for warm in (False, True))
    sockets = [next(word for word in found[2] if word.endswith("k.json")) for found in (plain, warm)]
    plain, warm = (
        json.loads(json.dumps(found).replace(str(Path(socket).parent), ""))
        for found, socket in zip((plain, warm), sockets, strict=True)
    )
    assert plain == warm
    assert warm[0]["OPENBLAS_NUM_THREADS"] == "1"
    assert warm[1] == str(tmp_path / "here")


def test_warm_is_forked_and_plain_is_not(tmp_path, monkeypatch):
    assert TEMPLATE in _printed(tmp_path, PARENT)
    assert TEMPLATE not in _printed(tmp_path, PARENT, warm=False)
    monkeypatch.setenv("SALESPERF_PLAIN_KERNELS", "1")
    assert TEMPLATE not in _printed(tmp_path, PARENT)


# -- isolation ---------------------------------------------------------------------------------------


def test_random_streams_differ(tmp_path):
    draw = (
        "import random, numpy as np, uuid, secrets\n"
        "print(random.random(), np.random.rand(), np.random.default_rng().random(), uuid.uuid4(), secrets.token_hex(8))"
    )
    first, second = (_printed(tmp_path, draw).split() for _ in range(2))
    assert len(first) == 5
    assert not set(first) & set(second)


def test_nothing_leaks_from_one_kernel_to_the_next(tmp_path):
    spoil = (
        "import builtins, json, os, sys, random, numpy as np, pandas as pd, matplotlib as mpl, salesperf_lib\n"
        "builtins.leak = json.leak = salesperf_lib.leak = leak = 1\n"
        "os.environ['LEAK'] = '1'\nos.chdir('/')\nsys.path.append('/leak')\nsys.modules['leak'] = json\n"
        "pd.set_option('display.max_rows', 7)\nmpl.rcParams['figure.dpi'] = 7\nprint(os.getppid())"
    )
    look = (
        "import builtins, json, os, sys, pandas as pd, matplotlib as mpl, salesperf_lib\n"
        "print(os.getppid())\n"
        "print([hasattr(place, 'leak') for place in (builtins, json, salesperf_lib)], 'leak' in globals(),\n"
        "  'LEAK' in os.environ, os.getcwd() == '/', '/leak' in sys.path, 'leak' in sys.modules,\n"
        "  pd.get_option('display.max_rows'), mpl.rcParams['figure.dpi'] == 7)"
    )
    template = _printed(tmp_path, spoil).strip()
    after, found = _printed(tmp_path, look).strip().split("\n")
    assert after == template  # the same one, or the test would say nothing
    assert found == "[False, False, False] False False False False False 60 False"


def test_what_the_template_imports_starts_nothing():
    look = (
        "import os, sys, threading, warnings\nwarnings.simplefilter('error', ResourceWarning)\n"
        "from pathlib import Path\nfrom salesperf_lib.render.warm.preload import preload\npreload()\n"
        "import asyncio, zmq\n"
        "print(threading.active_count(), zmq.Context._instance, asyncio._get_running_loop())\n"
        "print(sorted(p.read_text().strip() for p in Path('/proc/self/task').glob('*/comm'))[0])\n"
        "print(len(os.listdir('/proc/self/task')))\n"
        "print([name for name in sys.modules if name.split('.')[0] in ('matplotlib_inline', 'polars')])\n"
        "import salesperf_lib.reports.feedback, seaborn\n"
    )
    ran = subprocess.run(
        [sys.executable, "-c", look], capture_output=True, text=True, check=True,
        env={**os.environ, **client.ONE_THREAD, **client.QUIET},
    )  # fmt: skip
    # Beside the one thread there is Arrow's memory manager, which expects a fork and starts anew after it.
    assert ran.stdout.splitlines() == ["1 None None", "jemalloc_bg_thd", "2", "[]"]
    assert ran.stderr == ""  # what an import says would be missing in every report


# -- interrupt, restart, exit statuses: as JupyterLab does it ----------------------------------------


@pytest.fixture
def manager(tmp_path, monkeypatch):
    """Give a manager of the kernelspec `salesperf`, found and started as JupyterLab does."""
    from jupyter_client.kernelspec import KernelSpecManager
    from jupyter_client.manager import AsyncKernelManager
    from jupyter_client.provisioning import KernelProvisionerFactory

    entry = EntryPoint(
        "salesperf-forked", "salesperf_lib.render.warm.provisioner:ForkedProvisioner",
        KernelProvisionerFactory.GROUP_NAME,
    )  # fmt: skip
    factory = KernelProvisionerFactory.instance()
    monkeypatch.setitem(factory.provisioners, entry.name, entry)
    shutil.copytree(Path(preload.__file__).parent / "kernelspec", tmp_path / "kernels" / "salesperf")
    specs = KernelSpecManager(kernel_dirs=[str(tmp_path / "kernels")])
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    folder = messages.private_folder()
    yield AsyncKernelManager(
        kernel_name="salesperf", kernel_spec_manager=specs, transport="ipc",
        connection_file=str(folder / "k.json"),
    )  # fmt: skip
    shutil.rmtree(folder, ignore_errors=True)


async def _told(kernel_client, code: str) -> dict:
    return (await kernel_client.execute_interactive(code, timeout=60, output_hook=lambda _: None))["content"]


def test_interrupt_restart_and_shutdown(manager):
    async def use():
        await manager.start_kernel()
        kernel_client = manager.client()
        kernel_client.start_channels()
        await kernel_client.wait_for_ready(timeout=120)
        first = manager.provisioner.pid
        assert (await _told(kernel_client, "x = 1"))["status"] == "ok"
        asleep = asyncio.ensure_future(
            _told(kernel_client, "import time\nopen('asleep', 'w')\ntime.sleep(60)")
        )
        while not Path("asleep").exists():
            await asyncio.sleep(0.02)
        await manager.interrupt_kernel()
        assert (await asleep)["ename"] == "KeyboardInterrupt"
        assert (await _told(kernel_client, "x"))["status"] == "ok"
        await manager.restart_kernel(now=True)
        await kernel_client.wait_for_ready(timeout=120)
        assert (await _told(kernel_client, "x"))["ename"] == "NameError"
        second = manager.provisioner.pid
        assert second != first
        assert gone(first)
        assert await manager.is_alive()
        kernel_client.stop_channels()
        await manager.shutdown_kernel()  # in order: the kernel is asked
        assert gone(second)
        assert not await manager.is_alive()

    asyncio.run(use())


@pytest.fixture(autouse=True)
def _in_a_folder_of_its_own(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize(
    ("ending", "status"),
    [("import os; os._exit(7)", 7), ("import os; os.kill(os.getpid(), 9)", -9), ("exit()", 0)],
)
def test_exit_statuses_are_reaped(manager, ending, status):
    async def use() -> int | None:
        await manager.start_kernel()
        kernel_client = manager.client()
        kernel_client.start_channels()
        await kernel_client.wait_for_ready(timeout=120)
        pid = manager.provisioner.pid
        kernel_client.execute(ending)
        process = manager.provisioner.process
        while process.poll() is None:
            await asyncio.sleep(0.02)
        kernel_client.stop_channels()
        assert not Path(f"/proc/{pid}").exists()  # no zombie
        assert not await manager.is_alive()
        await manager.cleanup_resources()
        return process.returncode

    before = pool.processor_seconds()
    assert asyncio.run(use()) == status
    assert pool.processor_seconds() > before


# -- the client's end --------------------------------------------------------------------------------

CLIENT = """
import asyncio, sys, time
from pathlib import Path
from salesperf_lib.render.kernel import private_kernels

async def hold(manager):
    kernels = manager()
    await kernels.start_kernel()
    client = kernels.client()
    client.start_channels()
    await client.wait_for_ready(timeout=120)
    await client.execute_interactive(
        "import os, subprocess, pathlib; inner = subprocess.Popen(['sleep', '300']);"
        "pathlib.Path('pids').write_text(f'{os.getpid()} {os.getppid()} {inner.pid}')", output_hook=print)
    Path('folders').write_text(f"{Path(kernels.connection_file).parent}")
    Path('began').write_text('x')
    await asyncio.sleep(300)

with private_kernels(Path.cwd(), {}) as (manager, _):
    asyncio.run(hold(manager))
"""


@pytest.mark.parametrize("victim", ["client", "template"])
def test_a_kernel_dies_with_its_client_or_its_template(tmp_path, victim):
    process = subprocess.Popen([sys.executable, "-c", CLIENT], start_new_session=True)
    try:
        assert wait_for((tmp_path / "began").exists, 120)
        kernel, template, inner = map(int, (tmp_path / "pids").read_text().split())
        assert TEMPLATE in Path(f"/proc/{template}/cmdline").read_text()
        run = Path(Path(f"/proc/{template}/cmdline").read_text().split("\0")[-2])
        os.kill(process.pid if victim == "client" else template, signal.SIGKILL)
        assert wait_for(lambda: gone(kernel), 20)
        assert wait_for(lambda: gone(template), 20)
        if victim == "client":
            assert wait_for(lambda: gone(inner), 20)
            assert wait_for(lambda: not run.exists(), 20)
            assert wait_for(lambda: not Path((tmp_path / "folders").read_text()).exists(), 20)
    finally:
        process.kill()
        process.wait()
        for pid in map(int, (tmp_path / "pids").read_text().split()):
            if not gone(pid):
                os.kill(pid, signal.SIGKILL)
        for folder in (run, Path((tmp_path / "folders").read_text())):  # nobody is left who could
            shutil.rmtree(folder, ignore_errors=True)


def test_the_socket_is_the_users_own(tmp_path):
    _printed(tmp_path, "print()")
    (template,) = pool._current
    assert (template.folder / messages.SOCKET).stat().st_mode & 0o777 == 0o600
    assert template.folder.stat().st_mode & 0o777 == 0o700


# -- a stale template --------------------------------------------------------------------------------

STALE = """
import sys
from pathlib import Path
sys.path.insert(0, {tests!r})
from test_render_warm import PARENT, _printed
import salesperf_lib
from salesperf_lib.render.warm import pool
look = "import os, salesperf_lib; print(os.getppid(), getattr(salesperf_lib, 'EDITED', 'as it was'))"
print(_printed(Path('w'), look), end='')
print(_printed(Path('w'), look), end='')
with open(salesperf_lib.__file__, 'a') as module:
    module.write('\\nEDITED = "edited"\\n')
print(_printed(Path('w'), look), end='')
print(len(pool._current))
"""


def test_an_edit_of_the_library_replaces_the_template(tmp_path):
    home = Path(preload.__file__).parents[2]
    shutil.copytree(home, tmp_path / "copy" / "salesperf_lib", ignore=shutil.ignore_patterns("__pycache__"))
    ran = subprocess.run(
        [sys.executable, "-W", "error::ResourceWarning", "-c", STALE.format(tests=str(Path(__file__).parent))],
        env={**os.environ, "PYTHONPATH": str(tmp_path / "copy")}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr
    rows = [line.split(maxsplit=1) for line in ran.stdout.splitlines()]
    assert [row[1] for row in rows[:3]] == ["as it was", "as it was", "edited"]
    assert rows[0][0] == rows[1][0] != rows[2][0]
    assert rows[3] == ["1"]


def test_a_replaced_template_lives_as_long_as_its_kernels(tmp_path, own_pool):
    launch = provisioner.launch_of(
        [sys.executable, "-m", "ipykernel_launcher", "-f", str(tmp_path / "k.json")], {"cwd": str(tmp_path)}
    )
    with Path("log").open("wb") as log:
        streams = (log.fileno(), log.fileno())
        old = pool.fork_kernel(launch, streams)
        (first,) = pool._current
        other = messages.Launch(
            launch.arguments, launch.cwd, {**launch.environment, "PYTHONPATH": "/nowhere"}
        )
        new = pool.fork_kernel(other, streams)
    assert pool._current != [first]
    assert old.poll() is None
    old.kill()
    assert old.wait(20) == -9
    assert first.process.wait(20) == 0
    assert new.poll() is None
    new.close()
    assert wait_for(lambda: gone(new.pid), 20)


def test_the_state_of_the_library_changes_with_every_edit(tmp_path):
    module = tmp_path / "inner" / "a.py"
    module.parent.mkdir()
    module.write_text("a = 1")
    states = [preload.library_state(tmp_path)]
    os.utime(module, ns=(1, 1))
    states.append(preload.library_state(tmp_path))
    (tmp_path / "b.py").touch()
    states.append(preload.library_state(tmp_path))
    module.rename(tmp_path / "inner" / "c.py")
    states.append(preload.library_state(tmp_path))
    assert len(set(states)) == 4
    (tmp_path / "__pycache__").mkdir()
    (tmp_path / "__pycache__" / "a.py").touch()
    (tmp_path / "notes.txt").touch()
    assert preload.library_state(tmp_path) == states[-1]


@pytest.mark.parametrize(
    ("name", "matters"),
    [("PYTHONPATH", True), ("MPLBACKEND", True), ("LC_ALL", True), ("HOME", True), ("SALESPERF_ROOT", False),
     ("IPYTHONDIR", False), ("JPY_SESSION_NAME", False)],
)  # fmt: skip
def test_only_what_imports_read_makes_another_template(name, matters):
    assert (preload.circumstances_of({}) != preload.circumstances_of({name: "x"})) == matters


# -- whatever goes wrong, there is a kernel ----------------------------------------------------------

DIES = "import sys; print('no such library', file=sys.stderr); sys.exit(3)"
REFUSES = """
import socket, sys
from salesperf_lib.render.warm.messages import receive, send
door = socket.socket(fileno=int(sys.argv[1]))
while True:
    guest, _ = door.accept()
    receive(guest, 2)
    send(guest, {"refused": "no memory left"})
"""


@pytest.mark.parametrize(
    ("program", "said", "starts"), [(DIES, "no such library", 1), (REFUSES, "no memory left", 1)]
)
def test_without_a_fork_there_is_an_ordinary_kernel_and_one_line(
    tmp_path, monkeypatch, caplog, own_pool, program, said, starts
):
    began: list[list[str]] = []
    start = subprocess.Popen

    def instead(command, **options):
        if TEMPLATE in command:
            began.append(command)
            command = [sys.executable, "-c", program, *command[3:]]
        return start(command, **options)

    monkeypatch.setattr(client.subprocess, "Popen", instead)
    with caplog.at_level(logging.WARNING, logger=provisioner.LOGGER.name):
        for _ in range(2):
            assert TEMPLATE not in _printed(tmp_path, PARENT)
    assert [said in record.message for record in caplog.records] == [True]
    assert len(began) == starts
    for template in (*pool._current, *pool._retired):
        template.process.kill()  # these do not watch their standard input


COMMAND = [sys.executable, "-m", "ipykernel_launcher", "-f", "k.json"]


@pytest.mark.parametrize(
    ("command", "options", "said"),
    [
        (["R", "--slave"], {}, "another program"),
        ([sys.executable, "-X", "dev", *COMMAND[1:]], {}, "another program"),
        (COMMAND, {"preexec_fn": print}, "preexec_fn"),
        (COMMAND, {"independent": True}, "outlives"),
        (COMMAND, {"stdout": subprocess.PIPE}, "pipe"),
        (COMMAND, {"cwd": "/no/such/folder"}, "no folder"),
    ],
)
def test_what_a_fork_cannot_be_is_refused(command, options, said):
    with pytest.raises(messages.WarmError, match=said):
        provisioner.launch_of(command, options)


def test_other_systems_get_ordinary_kernels(monkeypatch):
    monkeypatch.setattr(provisioner.sys, "platform", "darwin")
    with pytest.raises(messages.WarmError, match="only Linux"):
        provisioner.launch_of(COMMAND, {})


def test_rules_are_read_ahead(root, monkeypatch):
    from salesperf_lib.params import load

    monkeypatch.setenv("SALESPERF_ROOT", str(root))
    load._read_book.cache_clear()
    preload.read_ahead({"SALESPERF_READ_AHEAD": "2026-06 sample base"})
    kept = load._read_book.cache_info().currsize
    load.load_policy("2026-06", source="sample", root=root)
    assert (kept, load._read_book.cache_info().currsize) == (1, 1)
    preload.read_ahead({"SALESPERF_READ_AHEAD": "2026-06 no-such-source base"})
    preload.read_ahead({})

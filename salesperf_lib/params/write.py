"""Write to params/ without losing a comment: adopt a value, and keep the editors' JSON Schema current."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from datetime import date
from fractions import Fraction
from io import StringIO
from pathlib import Path
from threading import get_ident
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap

from salesperf_lib.errors import ParamError, Problem, fail_if_any
from salesperf_lib.params.read import project_root

Schema = dict[str, Any]


def append_value(
    file: str,
    key: str,
    since: date,
    value: object,
    decided: str,
    *,
    note: str = "",
    recorded: date | None = None,
    waiver: str = "",
    root: Path | None = None,
) -> Path:
    """Add a dated value to one parameter: `append_values` of one.

    Parameters
    ----------
    file, key
        ``weights``, ``dimension_weights_month``.
    since, decided, note, recorded, root
        As there.
    value, waiver
        The value, and the reason to leave the bounds.

    Returns
    -------
    Path
        The file written.

    Raises
    ------
    ParamError
        As there.
    """
    values = [(file, key, value, waiver)]
    return append_values(values, since, decided, note=note, recorded=recorded, root=root)[0]


def append_values(
    values: Sequence[tuple[str, str, object, str]],
    since: date,
    decided: str,
    *,
    note: str = "",
    recorded: date | None = None,
    root: Path | None = None,
) -> tuple[Path, ...]:
    """Add dated values to parameters, with everything else in their files as it was.

    Nothing is written unless params/ has no more problems with all of them than before; then every file
    is replaced in one step.

    Parameters
    ----------
    values
        File (``weights``), parameter, the value as it would be written by hand (fractions may be
        `Fraction`), and the reason to leave the bounds, if there is one.
    since
        First day of the month from which they are in force.
    decided, note, recorded
        Who decided them and why; the day they became known, if not `since`.
    root
        The project.

    Returns
    -------
    tuple of Path
        The files written, each once.

    Raises
    ------
    ParamError
        If there is no such parameter, it has a value of that date, or a value breaks a rule.
    """
    root = root or project_root()
    yaml, documents = round_trip(), dict[Path, CommentedMap]()
    for file, key, value, waiver in values:
        path = _file_of(file, root)
        if path not in documents:
            documents[path] = yaml.load(path.read_text(encoding="utf-8"))
        entry = CommentedMap({"value": written(value), "decided": decided})
        extra = {"note": note, "recorded": recorded, "waiver": waiver}
        entry.update({name: part for name, part in extra.items() if part})
        entry.fa.set_flow_style()
        _dated(documents[path], path, key, since)[since] = entry
    texts = {path: _dumped(yaml, document) for path, document in documents.items()}
    _fail_if_worse(texts, root)
    for path, text in texts.items():
        write_atomically(path, text)
    return tuple(texts)


def round_trip() -> YAML:
    """Give a writer that keeps comments, quotes and the order of keys."""
    yaml = YAML(typ="rt")
    yaml.preserve_quotes = True
    yaml.width = 4096
    yaml.indent(mapping=2, sequence=4, offset=2)
    return yaml


def _dumped(yaml: YAML, document: CommentedMap) -> str:
    out = StringIO()
    yaml.dump(document, out)
    return out.getvalue()


def _dated(document: CommentedMap, path: Path, key: str, since: date) -> CommentedMap:
    """Give the dated values of a parameter, which has none of that date yet."""
    if key not in document or "values" not in document[key]:
        found = f"no parameter {key} with values"
        raise ParamError(Problem(f"params/{path.name}", found, ", ".join(document), "correct the name"))
    values: CommentedMap = document[key]["values"]
    if any(str(day) == str(since) for day in values):
        where = f"params/{path.name} {key}.values.{since}"
        raise ParamError(Problem(where, "a value already", "a date without one"))
    return values


def _file_of(name: str, root: Path) -> Path:
    files = {path.stem: path for path in sorted((root / "params").glob("*.yaml"))}
    if name not in files:
        raise ParamError(Problem(f"params/{name}.yaml", "no such file", ", ".join(files), "correct the name"))
    return files[name]


def written(value: object) -> Any:
    """Give a value the form it has on paper: 17/30, and mappings and lists on one line."""
    if isinstance(value, Fraction):
        short = float(value)
        return short if Fraction(str(short)) == value else f"{value.numerator}/{value.denominator}"
    if isinstance(value, dict):
        return {str(name): written(part) for name, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [written(part) for part in value]
    return value


def _fail_if_worse(texts: Mapping[Path, str], root: Path) -> None:
    """Try new texts in a copy of params/, so that a value that breaks a rule is never written."""
    with tempfile.TemporaryDirectory() as folder:
        shutil.copytree(root / "params", Path(folder) / "params")
        for path, text in texts.items():
            (Path(folder) / "params" / path.name).write_text(text, encoding="utf-8")
        fail_if_any(new_problems(root, Path(folder)), ParamError)


def new_problems(root: Path, trial: Path) -> list[Problem]:
    """List what is wrong in the params/ of a trial copy, and was not in the project's."""
    from salesperf_lib.params.load import check_params

    before = {(problem.found, problem.allowed) for problem in check_params(root)}
    after = check_params(trial)
    return [problem for problem in after if (problem.found, problem.allowed) not in before]


def write_atomically(path: Path, text: str) -> None:
    """Replace a file in one step: a reader sees the old text or the new, never half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as stream:
            stream.write(text)
        if path.exists():
            Path(name).chmod(path.stat().st_mode & 0o777)
        else:
            Path(name).chmod(0o644)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def create_file(path: Path, text: str) -> None:
    """Write a file that does not exist yet, whole or not at all: a record of an append-only register.

    Raises
    ------
    FileExistsError
        If the file exists: somebody else was faster.
    """
    draft = path.with_name(f".{path.stem}.{os.getpid()}.{get_ident()}.draft")
    write_atomically(draft, text)
    try:
        _claim(path, draft)
    finally:
        draft.unlink(missing_ok=True)


def _claim(path: Path, draft: Path) -> None:
    """Give a draft its name, which nobody else may have taken."""
    try:
        path.hardlink_to(draft)  # unlike a rename, a link never replaces what is there
    except FileExistsError:
        raise
    except OSError:  # a file system without links
        path.touch(exist_ok=False)
        draft.replace(path)


def schemas() -> dict[str, Schema]:
    """Make the JSON Schema of every file of params/, from the models that check it.

    Returns
    -------
    dict
        File name without suffix to schema; ``scenario`` for all of params/scenarios/.
    """
    from salesperf_lib.params.schema import SUBJECTS, Scenario

    made = {name: _file_schema(name) for name in SUBJECTS}
    made["scenario"] = Scenario.model_json_schema()
    return made


def _file_schema(subject: str) -> Schema:
    from pydantic.json_schema import models_json_schema

    from salesperf_lib.params.schema import SUBJECTS

    shape = SUBJECTS[subject]
    models = set(shape.fixed.values()) | ({shape.open} if shape.open else set())
    ordered = sorted(models, key=lambda model: model.__name__)
    refs, definitions = models_json_schema([(model, "validation") for model in ordered])
    schema: Schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"params/{subject}.yaml",
        "type": "object",
        "properties": {name: refs[model, "validation"] for name, model in shape.fixed.items()},
        "required": list(shape.fixed),
        "additionalProperties": False,
        **definitions,
    }
    if shape.open is not None:
        # Not patternProperties: a pattern would also claim the parameters known by name.
        schema["additionalProperties"] = refs[shape.open, "validation"]
        schema["propertyNames"] = {"anyOf": [{"enum": list(shape.fixed)}, {"pattern": shape.pattern}]}
    return schema


def schema_texts() -> dict[str, str]:
    """Give the text of every file of params/schema/ by its name."""
    return {
        f"{name}.json": json.dumps(schema, indent=1, ensure_ascii=False, sort_keys=True) + "\n"
        for name, schema in schemas().items()
    }


def write_schema(root: Path | None = None) -> tuple[Path, ...]:
    """Write params/schema/, from which editors complete and check the YAML files.

    Returns
    -------
    tuple of Path
        The files, whether or not they changed.
    """
    folder = (root or project_root()) / "params" / "schema"
    written: list[Path] = []
    for name, text in schema_texts().items():
        path = folder / name
        if not path.is_file() or path.read_text(encoding="utf-8") != text:
            write_atomically(path, text)
        written.append(path)
    return tuple(written)

"""Validate configs against the JSON Schema that editors read.

    python3 Tests/Peers/validate_configs.py Configs/schema.json Configs/digits-mlp.json ...

First checks that SCHEMA is itself a valid schema (JSON Schema 2020-12), then prints one line a CONFIG, with
the place of every error. Exits 1 if anything is not valid. Needs jsonschema-rs, which takes seconds for the thousands
of configs with which a test tries all keys, where jsonschema takes minutes.
"""

import json
import sys
from pathlib import Path

import jsonschema_rs


def place(error):
    return "/".join(["$", *map(str, error.instance_path)])


def main(schema_path, *config_paths):
    schema = json.loads(Path(schema_path).read_text())
    try:
        jsonschema_rs.meta.validate(schema)
    except jsonschema_rs.ValidationError as error:
        sys.exit(f"{schema_path}: not a valid schema: {place(error)}: {error.message}")

    validator = jsonschema_rs.Draft202012Validator(schema)
    failed = False
    for path in config_paths:
        try:
            config = json.loads(Path(path).read_text())
        except (OSError, ValueError) as error:
            problems = [str(error)]
        else:
            problems = sorted(f"{place(error)}: {error.message}" for error in validator.iter_errors(config))
        print(f"{path}: {'; '.join(problems) or 'valid'}")
        failed |= bool(problems)
    return 1 if failed else 0


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    sys.exit(main(*sys.argv[1:]))

"""Checks a compose file by the schema of the Compose specification: check.py FILE"""


import glob
import json
import os
import sys

import jsonschema
import yaml

site = os.path.dirname(os.path.dirname(yaml.__file__))
[path] = glob.glob(os.path.join(site, "compose", "config", "compose_spec.json"))
with open(path, encoding="utf-8") as file:
    schema = json.load(file)
with open(sys.argv[1], encoding="utf-8") as file:
    document = yaml.safe_load(file)
# The project's name came into the specification later than this schema.
document.pop("name")
errors = [f"{list(e.path)}: {e.message}" for e in jsonschema.Draft7Validator(schema).iter_errors(document)]
print("\n".join(errors) or "ok")
sys.exit(1 if errors else 0)

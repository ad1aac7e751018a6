"""Compares share/openapi.yaml with the program: its tables, and its real answers.

tables OPENAPI TABLES   prints what is in one and not in the other
answers OPENAPI LINES   each line is {"method","path","status","type","body"}; prints each
                        answer that does not fit its schema, and each route that gave none
"""
import json
import re
import sys

import yaml
from jsonschema import Draft202012Validator

KINDS = {"Gateway": "gateway", "Antenna": "antenna", "NetworkServer": "lns",
         "Template": "template", "Trust": "trust", "CA": "ca", "FrequencyPlan": "plan",
         "Concentrator": "concentrator", "ApiKey": "key",
         "SigningKey": "signing-key", "Firmware": "firmware", "Signature": "signature",
         "Release": "release", "Channel": "channel", "Rollout": "rollout",
         "RolloutStep": "step"}
# In The Things Stack's form, not as fields of the record.
EXTRA = {"Gateway": {"frequency_plan_id", "target_cups_key.key_id",
                     "target_cups_key.value"}}
INSTEAD = {"Gateway": {"target_cups_key"}}


def load(path):
    with open(path, encoding="utf-8") as f:
        return yaml.safe_load(f)


def names(schema, prefix=""):
    for name, s in schema.get("properties", {}).items():
        if s.get("type") == "object" and "properties" in s:
            yield from names(s, prefix + name + ".")
        else:
            yield prefix + name


def tables(doc, data):
    known = {(r["method"].lower(), r["path"]): r for r in data["routes"]}
    described = {(m, p): o for p, ops in doc["paths"].items() for m, o in ops.items()}
    actions = {a["name"]: a for a in data["actions"]}
    for route in sorted(known.keys() - described.keys()):
        print("not described:", *route)
    for route in sorted(described.keys() - known.keys()):
        print("no such route:", *route)
    for route in sorted(known.keys() & described.keys()):
        o, a = described[route], actions[known[route]["action"]]
        if (o["x-action"], o["x-rights"], o["x-scope"]) != (
                a["name"], a["rights"], a["scope"]):
            print("another action or rights:", *route)
        want = re.findall(r"{(\w+)}", route[1])
        have = [p["name"] for p in o.get("parameters", []) if p["in"] == "path"]
        if want != have:
            print("other parameters:", *route)
        if ("requestBody" in o) != (known[route]["max_body"] > 0):
            print("a body is described but not taken, or the other way round:", *route)
    for schema, kind in KINDS.items():
        have = set(names(doc["components"]["schemas"][schema]))
        want = {f["name"] for f in data["kinds"][kind]}
        want = want - INSTEAD.get(schema, set()) | EXTRA.get(schema, set())
        for name in sorted(have ^ want):
            print(f"{schema}.{name} is", "no field" if name in have else "not described")


def template_of(doc, path):
    parts = path.split("?")[0].split("/")
    best = None
    for template in doc["paths"]:
        t = template.split("/")
        if len(t) == len(parts) and all(
                a == b or (a.startswith("{") and b) for a, b in zip(t, parts)):
            literal = sum(not a.startswith("{") for a in t)
            if best is None or literal > best[0]:
                best = (literal, template)
    return best[1] if best else None


def fits(doc, schema, value):
    whole = {"components": doc["components"], "allOf": [schema]}
    # Deepest first: what is wrong, not that something is.
    errors = sorted(Draft202012Validator(whole).iter_errors(value),
                    key=lambda e: -len(list(e.absolute_path)))
    return [f"{'/'.join(map(str, e.absolute_path))}: {e.message[:200]}" for e in errors]


def answers(doc, lines):
    good, count = set(), 0
    for line in lines:
        a = json.loads(line)
        path = template_of(doc, a["path"])
        ops = doc["paths"].get(path, {})
        op = ops.get(a["method"].lower())
        if op is None or a["status"] == 304:
            continue
        r = op["responses"].get(str(a["status"]), op["responses"]["default"])
        if "$ref" in r:
            r = doc["components"]["responses"][r["$ref"].rsplit("/", 1)[1]]
        kind = a["type"].split(";")[0]
        what = f"{a['method']} {a['path']} ({a['status']})"
        if kind not in r["content"]:
            print(f"{what}: is {kind}")
            continue
        if kind == "application/json":
            for problem in fits(doc, r["content"][kind]["schema"], json.loads(a["body"])):
                print(f"{what}: {problem}")
        count += 1
        if a["status"] == 200:
            good.add((a["method"].lower(), path))
    for path, ops in doc["paths"].items():
        for method in ops:
            if (method, path) not in good:
                print("never answered with 200:", method, path)
    print(count, "answers", file=sys.stderr)


def main():
    doc = load(sys.argv[2])
    with open(sys.argv[3], encoding="utf-8") as f:
        if sys.argv[1] == "tables":
            tables(doc, json.load(f))
        else:
            answers(doc, f)


main()

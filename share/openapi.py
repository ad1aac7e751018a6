#!/usr/bin/env python3
"""Writes share/openapi.yaml from the program's own tables (`make openapi`).

Usage: openapi.py TABLES.json > openapi.yaml

The tables (tests/lib/api_table) have every route with its action and rights, and the fields
of every record. What they cannot tell stands here: a sentence for each route, and the shapes
of what is asked and answered beside records. A route without its line here is an error, and
so is a line without its route.
"""
import json
import sys

NAMES = {
    "gateway": "Gateway", "antenna": "Antenna", "lns": "NetworkServer",
    "template": "Template", "trust": "Trust", "ca": "CA", "plan": "FrequencyPlan",
    "concentrator": "Concentrator", "key": "ApiKey", "signing-key": "SigningKey",
    "firmware": "Firmware", "signature": "Signature", "release": "Release",
    "channel": "Channel", "rollout": "Rollout", "step": "RolloutStep",
}
KINDS = {
    "network-servers": ("network_server", "lns", "network server"),
    "templates": ("template", "template", "template for adopted gateways"),
    "trusts": ("trust", "trust", "trust certificate"),
    "cas": ("ca", "ca", "certificate authority for gateways"),
    "frequency-plans": ("frequency_plan", "plan", "frequency plan"),
    "concentrators": ("concentrator", "concentrator", "concentrator board"),
    "keys": ("key", "key", "API key"),
    "signing-keys": ("signing_key", "signing-key", "key that signs firmware"),
    "firmware": ("firmware", "firmware", "firmware image"),
    "releases": ("release", "release", "release of firmware"),
    "channels": ("channel", "channel", "channel of releases"),
    "rollouts": ("rollout", "rollout", "roll-out"),
}


def ref(name):
    return {"$ref": "#/components/schemas/" + name}


def listing(member, item):
    return {"type": "object", "additionalProperties": False, "required": [member],
            "properties": {member: {"type": "array", "items": item}}}


def shape(required=(), **properties):
    made = {"type": "object", "additionalProperties": False, "properties": properties}
    if required:
        made["required"] = list(required)
    return made


TEXT = {"type": "string"}
BOOL = {"type": "boolean"}
COUNT = {"type": "integer", "minimum": 0}
TIME = {"type": "string", "format": "date-time"}
MAYBE_TIME = {"type": ["string", "null"], "format": "date-time"}
WHEN = {"type": "string", "description": "RFC 3339, or from now on as in +7d"}


def when_or(default):
    return {**WHEN, "description": WHEN["description"] + "; left out: " + default}

BASE64 = {"type": "string", "contentEncoding": "base64"}
TEXTS = {"type": "array", "items": TEXT}
PEM = {"type": "string", "description": "PEM, or base64 of DER"}
MASK = {
    "description": "which fields are set; those without a value in the object are cleared",
    "oneOf": [
        {"type": "string"},
        {"type": "object", "additionalProperties": False,
         "properties": {"paths": TEXTS}},
    ],
}
RIGHTS = {"type": "array", "items": ref("Right")}

SCHEMAS = {
    "Error": shape(
        ["code", "message"],
        code={"type": "integer", "description": "gRPC code"}, message=TEXT,
        details={"type": "array", "items": shape(
            ["@type", "namespace", "name", "message_format", "code"],
            **{"@type": TEXT, "namespace": TEXT, "name": TEXT, "message_format": TEXT,
               "code": {"type": "integer"},
               "attributes": shape(["field"], field=TEXT)})}),
    "Nothing": {"type": "object", "additionalProperties": False},
    "CreateGateway": shape(
        ["gateway"], gateway=ref("Gateway"), collaborator={
            "type": "object", "description": "taken for compatibility, means nothing"}),
    "SetGateway": shape(["gateway"], gateway=ref("Gateway"), field_mask=MASK),
    "Rights": shape(["rights"], rights=RIGHTS),
    "CreateApiKey": shape(
        ["rights"], name={"type": "string", "maxLength": 50}, rights=RIGHTS,
        expires_at=WHEN, token_form={"enum": ["bearer", "bare"]},
        cups={"type": "boolean", "description":
              "it becomes the key that the gateway should have for CUPS"}),
    "ImportApiKey": shape(
        ["key", "rights"], key={"type": "string", "description":
                                "as it is presented, or a whole header line"},
        name={"type": "string", "maxLength": 50}, rights=RIGHTS, expires_at=WHEN,
        token_form={"enum": ["bearer", "bare"]}, cups=BOOL),
    "CreateFleetKey": shape(
        ["rights"], name={"type": "string", "maxLength": 50}, rights=RIGHTS,
        expires_at=WHEN, token_form={"enum": ["bearer", "bare"]},
        key={"type": "string", "description":
             "one that is in use already; left out (not empty): a new one is made"}),
    "SetApiKey": shape(["api_key"], api_key=ref("ApiKey"), field_mask=MASK),
    "Sighting": shape(
        [], seen_at=MAYBE_TIME, seen_before=MAYBE_TIME, polls=COUNT, address=TEXT,
        credential=TEXT, cups_uri=TEXT, lns_uri=TEXT, cups_crc=COUNT, lns_crc=COUNT,
        station=TEXT, model=TEXT, package=TEXT, refused_at=MAYBE_TIME, refused=COUNT,
        refused_status=COUNT),
    "FileSighting": shape(
        [], seen_at=MAYBE_TIME, seen_before=MAYBE_TIME, polls=COUNT, path=TEXT,
        status=COUNT, etag=TEXT, changed_at=MAYBE_TIME, address=TEXT, agent=TEXT,
        credential=TEXT, refused_at=MAYBE_TIME, refused=COUNT, refused_status=COUNT),
    "Explanation": {
        "description": "what `gatehouse explain --json` prints",
        "type": "object", "required": ["gateway", "verdict"],
        "properties": {
            "gateway": TEXT, "eui": TEXT, "protocol": {"const": "kickstarter"},
            "verdict": TEXT,
            "reasons": {"type": "array", "items": {"type": "object"}},
            "advice": TEXTS, "credential": {"type": "object"},
            "request": {"type": "object"}, "answer": {"type": "object"},
            "pattern": TEXT, "pattern_text": TEXT, "sighting": ref("Sighting"),
            "activation": {"type": "object"},
            "files": {"type": "object",
                      "properties": {"sighting": ref("FileSighting")}},
        }},
    "AuditEntry": shape(
        ["serial", "at", "actor", "action", "kind", "id", "before", "after"],
        serial=COUNT, at=TIME, actor=TEXT, action=TEXT, kind=TEXT, id=TEXT,
        before={"type": ["object", "null"], "additionalProperties": TEXT},
        after={"type": ["object", "null"]}),
    "AuditEntries": shape(
        ["entries"], entries={"type": "array", "items": ref("AuditEntry")},
        next={"type": "integer", "minimum": 1, "description":
              "to go on: give it as before. At the end it is not there; so many entries "
              "are looked at for one answer, so that there may be more though none is here"}),
    "BundleRequest": shape(
        [], cups_uri=TEXT, lns=BOOL, new_key=BOOL, der=BOOL),
    "Bundle": shape(
        ["files", "key", "cups_crc", "cups_matches"],
        files={"type": "array", "items": shape(
            ["name", "mode", "contents"], name=TEXT, mode={"enum": ["0600", "0644"]},
            contents=BASE64)},
        key=TEXT, key_id=TEXT, cups_crc=COUNT, cups_matches=BOOL),
    "Until": shape([], until=WHEN),
    "ProvisioningWindow": shape(["provisioning_until"], provisioning_until=MAYBE_TIME),
    "ActivationWindow": shape(
        ["window", "open", "gives"], window=TEXT, open=BOOL,
        **{"from": MAYBE_TIME, "until": MAYBE_TIME}, activated_at=MAYBE_TIME,
        came_since=BOOL, gives={"enum": ["lns-key", "api-key", "new-api-key"]},
        key_id=TEXT),
    "Certificate": shape(
        ["der"], der=BASE64, subject=TEXT, issuer=TEXT, serial=TEXT,
        not_after=MAYBE_TIME),
    "Certificates": shape([], cups=ref("Certificate"), lns=ref("Certificate")),
    "IssueCertificate": shape(["ca"], ca=TEXT, not_after=when_or("+730d")),
    "ImportCertificate": shape(["certificate", "key"], certificate=PEM, key=PEM),
    "ImportReport": shape(
        ["gateways", "created", "updated", "unchanged", "skipped", "refused",
         "ignored", "dry_run", "report_cut"],
        gateways={"type": "array", "items": shape(
            ["line", "outcome", "gateway"], line=COUNT,
            outcome={"enum": ["created", "updated", "unchanged", "skipped", "refused"]},
            gateway=TEXT, fields=TEXT, field=TEXT, reason=TEXT, ignored=TEXT,
            note=TEXT)},
        created=COUNT, updated=COUNT, unchanged=COUNT, skipped=COUNT, refused=COUNT,
        ignored=TEXT, dry_run=BOOL, report_cut={
            "type": "boolean", "description": "there was no room for all gateways"}),
    "UnknownGateway": shape(
        ["eui", "first_at", "last_at", "count", "credential", "digest"], eui=ref("Eui"),
        first_at=TIME, last_at=TIME, count=COUNT, credential=TEXT, digest=TEXT,
        address=TEXT, cups_uri=TEXT, station=TEXT, model=TEXT),
    "UnknownGateways": listing("unknown_gateways", ref("UnknownGateway")),
    "Adopt": shape(
        [], template=TEXT, gateway_id=TEXT, name=TEXT,
        digest={"type": "string", "description":
                "beginning of the digest of what it presented"}, unbound=BOOL),
    "Adopted": shape(
        ["gateway_id", "seen", "bound"], gateway_id=TEXT, seen=BOOL,
        bound={"enum": ["none", "key", "certificate"]}, key_id=TEXT),
    "CreateTrust": shape(
        ["trust_id", "certificate"], trust_id=TEXT, certificate=PEM, addresses=TEXTS),
    "CreateCA": shape(
        ["ca_id"], ca_id=TEXT, name=TEXT, eui_prefixes=TEXTS,
        certificate={"type": "string", "description":
                     "PEM, or base64 of DER; left out (not empty): a CA is made "
                     "here"},
        not_after=when_or("+7300d")),
    "Revoke": shape(["serial"], serial=TEXT),
    "CreateSigningKey": shape(
        ["key_id"], key_id=TEXT, name=TEXT, signer=TEXT,
        public_key={"type": "string", "description":
                    "PEM, or base64 of what sig-N.key holds; left out (not empty): "
                    "the signing service is asked"}),
    "Retire": shape([], retired=BOOL),
    "CreateFrequencyPlan": shape(
        ["plan_id", "yaml"], plan_id=TEXT, name=TEXT, description=TEXT,
        base={"type": "string", "description": "a registered plan that it changes"},
        yaml={"type": "string", "description":
              "the file as The Things Network publishes it"}),
    "CreateConcentrator": shape(["yaml"], yaml=TEXT),
}


def query(name, schema, description):
    return {"name": name, "in": "query", "schema": schema, "description": description}


FLAG = {"enum": ["true", "false", "1", "0", "yes", "no", "on", "off"]}
FIELD_MASK = query("field_mask", TEXT, "names of fields with commas between: only these")
PAGING = [
    query("limit", {"type": "integer", "minimum": 0, "maximum": 1000}, "how many; 1000"),
    query("page", {"type": "integer", "minimum": 1}, "which page; 1"),
]
ORDER = [
    query("order", {"enum": ["", "gateway_id", "-gateway_id", "gateway_eui",
                             "-gateway_eui", "name", "-name", "created_at",
                             "-created_at"]}, "a leading - turns it round"),
    query("deleted", FLAG, "the deleted ones instead of the others"),
]
ENTRIES = [
    query("limit", {"type": "integer", "minimum": 0, "maximum": 1000}, "how many; 1000"),
    query("before", {"type": "integer", "minimum": 1},
          "only entries before the one with this serial number"),
    query("by", TEXT, "a part of who it was: account:alice, shell:, key:"),
    query("action", TEXT, "a part of what was done"),
    query("kind", TEXT, "the kind of what was changed: gateway, key"),
    query("id", TEXT, "its identifier"),
]
G = "/api/v3/gateways/{gateway_id}"
OWN = "/api/v3/gatehouse"

# (summary, schema of the body, schema of the answer, query parameters)
ROUTES = {
    "POST /api/v3/gateways": (
        "Register a gateway. The same request again gets the same answer.",
        "CreateGateway", "Gateway", []),
    "GET /api/v3/gateways": (
        "Gateways, a page at a time. Secrets only when the field mask names them. A page "
        "with a damaged record is refused with 503: none must be missed.", None,
        "Gateways", [FIELD_MASK] + PAGING + ORDER),
    "GET /api/v3/users/{user_id}/gateways": (
        "The same; there are no users here.", None, "Gateways",
        [FIELD_MASK] + PAGING + ORDER),
    "POST /api/v3/users/{user_id}/gateways": (
        "Register a gateway; there are no users here.", "CreateGateway", "Gateway", []),
    "POST /api/v3/organizations/{organization_id}/gateways": (
        "Register a gateway; there are no organizations here.", "CreateGateway",
        "Gateway", []),
    "GET /api/v3/search/gateways": (
        "Gateways that fit.", None, "Gateways", [
            query("query", TEXT,
                  "words; each begins a word of the ID, name or description"),
            query("id_contains", TEXT, "a part of the ID"),
            query("eui_contains", TEXT, "a part of the EUI"),
            query("name_contains", TEXT, "a part of the name"),
            query("description_contains", TEXT, "a part of the description"),
            FIELD_MASK] + PAGING + ORDER),
    "GET " + G: ("One gateway. Secrets need RIGHT_GATEWAY_READ_SECRETS.", None, "Gateway",
                 [FIELD_MASK]),
    "PUT " + G: (
        "Change a gateway: what the field mask names, or without one what is given. "
        "Secrets need RIGHT_GATEWAY_WRITE_SECRETS; a target_cups_key.value that is not "
        "here is registered, which needs what api-keys/import does.", "SetGateway", "Gateway",
        [FIELD_MASK]),
    "DELETE " + G: ("Delete a gateway; its ID and EUI stay taken.", None, "Nothing", []),
    "POST " + G + "/restore": ("Take back a deletion.", "Nothing", "Nothing", []),
    "DELETE " + G + "/purge": (
        "End a deleted gateway for good; its ID and EUI are free then.", None, "Nothing",
        []),
    "GET " + G + "/rights": ("What the key may do.", None, "Rights", []),
    "GET " + G + "/api-keys": ("The gateway's keys that have not been revoked.", None,
                               "ApiKeys", []),
    "POST " + G + "/api-keys": (
        "Make a key, which is shown once. It has no right that the asking key has not.",
        "CreateApiKey", "NewApiKey", []),
    "POST " + G + "/api-keys/import": (
        "Register a key that is in use already. It has no right that the asking key has "
        "not.", "ImportApiKey", "NewApiKey", []),
    "POST " + G + "/api-keys/rotate": (
        "Make a new CUPS key, sent at the gateway's next poll. Needs its rights too: "
        "RIGHT_GATEWAY_INFO, _SETTINGS_BASIC and _READ_SECRETS, for a Kickstarter _LINK.",
        "Nothing", "NewApiKey",
        []),
    "GET " + G + "/api-keys/{key_id}": ("One key.", None, "ApiKey", []),
    "PUT " + G + "/api-keys/{key_id}": ("Change its name, rights or end.", "SetApiKey",
                                        "ApiKey", [FIELD_MASK]),
    "DELETE " + G + "/api-keys/{key_id}": ("End a key now.", None, "Nothing", []),
    "GET " + G + "/explain": ("What the gateway would get now, and why.", None,
                              "Explanation", []),
    "GET " + G + "/history": ("Who changed what about it, newest first.", None,
                              "AuditEntries", ENTRIES),
    "POST " + G + "/bundle": (
        "The files to put on the gateway. Where a key has to be made for it, this needs "
        "RIGHT_GATEWAY_SETTINGS_API_KEYS and the rights of that key too.",
        "BundleRequest", "Bundle", []),
    "POST " + G + "/retry": (
        "Send again what was sent too often without being taken.", "Nothing", "Nothing",
        []),
    "POST " + G + "/provisioning-window": (
        "Until then (1 hour) one answer without a key may carry its credentials.",
        "Until", "ProvisioningWindow", []),
    "DELETE " + G + "/provisioning-window": ("Close the window.", None,
                                             "ProvisioningWindow", []),
    "GET " + G + "/activation-window": ("When a Kickstarter may be activated.", None,
                                        "ActivationWindow", []),
    "POST " + G + "/activation-window": ("Open a window, in which it is activated once.",
                                         "Until", "ActivationWindow", []),
    "DELETE " + G + "/activation-window": ("Close it.", None, "ActivationWindow", []),
    "GET " + G + "/certificates": ("The gateway's client certificates.", None,
                                   "Certificates", []),
    "POST " + G + "/certificates/{use}/issue": (
        "Issue one by a CA whose key is here; the gateway gets it at its next poll.",
        "IssueCertificate", "Certificates", []),
    "POST " + G + "/certificates/{use}/import": ("Give it one, with its private key.",
                                                 "ImportCertificate", "Certificates", []),
    "DELETE " + G + "/certificates/{use}": ("Take it away.", None, "Nothing", []),
    "POST " + OWN + "/import": (
        "Register and change many gateways, from CSV or JSON: 16 MiB at once, whatever "
        "upload_limit says of the pages.", "*", "ImportReport", [
            query("format", {"enum": ["guess", "csv", "json"]}, "what the body is"),
            query("on_existing", {"enum": ["update", "skip", "refuse"]},
                  "what to do with those that are registered"),
            query("dry_run", FLAG, "say what would be done, and do nothing"),
            query("verbose", FLAG,
                  "tell of those that were taken, too, as a dry run does"),
            query("strict", FLAG, "refuse gateways with unknown fields"),
            query("clear_empty", FLAG, "empty cells of a table clear the field")]),
    "GET " + OWN + "/export": (
        "Many gateways as import takes them.", None, "*", [
            query("format", {"enum": ["jsonl", "csv", "json"]}, "jsonl"),
            query("query", TEXT, "words as in a search"),
            query("group", TEXT, "those of a group"),
            query("lns", TEXT, "those of a network server"),
            query("plan", TEXT, "those with a frequency plan"),
            query("deleted", FLAG, "the deleted ones"),
            query("secrets", FLAG, "with the keys in plain text")]),
    "GET " + OWN + "/unknown-gateways": ("Gateways that came and nobody registered.",
                                         None, "UnknownGateways", []),
    "POST " + OWN + "/unknown-gateways/{eui}/adopt": ("Register one.", "Adopt", "Adopted",
                                                      []),
    "DELETE " + OWN + "/unknown-gateways/{eui}": ("Drop it from the list.", None,
                                                  "Nothing", []),
    "GET " + OWN + "/audit": ("Who changed what, newest first.", None, "AuditEntries",
                              ENTRIES),
    "POST " + OWN + "/cas/{id}/revoke": ("End one client certificate.", "Revoke",
                                         "Nothing", []),
    "POST " + OWN + "/signing-keys/{id}/retire": (
        "No new signatures by it, or (retired false) again.", "Retire", "SigningKey", []),
    "GET " + OWN + "/frequency-plans/{id}/file": ("The plan as a file.", None, "*yaml",
                                                  []),
}
LOOK = ("firmware", "releases", "channels", "rollouts")  # are only looked at
MORE = {"trusts": " With If-Match and the ETag of one that is there: give that one this "
        "certificate, and the addresses beside those that it has.",
        "frequency-plans": " The body may have 4 MiB.",
        "concentrators": " The body may have 4 MiB."}
CREATE = {"trusts": "CreateTrust", "cas": "CreateCA", "keys": "CreateFleetKey",
          "signing-keys": "CreateSigningKey", "frequency-plans": "CreateFrequencyPlan",
          "concentrators": "CreateConcentrator"}


def add_kinds():
    for path, (one, kind, text) in KINDS.items():
        name, base = NAMES[kind], f"{OWN}/{path}"
        many = path.replace("-", "_")
        article = "an" if text[0] in "aeiouAEIOU" else "a"
        SCHEMAS[name + "List"] = listing(many, ref(name))
        ROUTES["GET " + base] = (f"All of them: {text}.", None, name + "List", PAGING)
        ROUTES["GET " + base + "/{id}"] = (f"One {text}.", None, name, [])
        if path in LOOK:
            continue
        ROUTES["DELETE " + base + "/{id}"] = (
            "End the key now." if path == "keys" else
            f"Remove {article} {text} that nothing uses.", None, "Nothing", [])
        ROUTES["POST " + base] = (
            f"Add {article} {text}." + MORE.get(path, ""), CREATE.get(path, "Create" + name),
            "NewApiKey" if path == "keys" else name, [])
        if path not in CREATE:
            SCHEMAS["Create" + name] = {"oneOf": [
                ref(name), shape([one], **{one: ref(name)})]}
        if path not in ("frequency-plans", "concentrators"):
            ROUTES["PUT " + base + "/{id}"] = (
                f"Change {article} {text}.", "Set" + name + "Record", name, [FIELD_MASK])
            SCHEMAS["Set" + name + "Record"] = {"oneOf": [
                ref(name), shape([one], **{one: ref(name), "field_mask": MASK})]}


def field_schema(f):
    kind = f["type"]
    simple = {
        "text": {"type": "string"}, "bytes": dict(BASE64), "secret": dict(BASE64),
        "bool": {"type": "boolean"}, "uint": {"type": "integer", "minimum": 0},
        "int": {"type": "integer"}, "double": {"type": "number"}, "time": dict(TIME),
        "eui": dict(ref("Eui")), "reference": {"type": "string"},
    }
    if kind in simple:
        made = simple[kind]
        if kind == "text" and f["max"]:
            made["maxLength"] = f["max"]
    elif kind == "enum":
        made = {"enum": f["words"]}
    elif kind == "flags":
        made = dict(RIGHTS) if f["name"] == "rights" else {
            "type": "array", "items": {"enum": f["words"]}}
    elif kind == "list":
        item = {"type": "string"}
        if f["item_max"]:
            item["maxLength"] = f["item_max"]
        made = {"type": "array", "items": item}
    elif kind == "map":
        made = {"type": "object", "additionalProperties": {"type": "string"}}
    else:
        made = {"type": "array", "items": ref(NAMES[f["of"]])}
    if kind in ("list", "rows") and f["max"]:
        made["maxItems"] = f["max"]
    if kind == "map" and f["max"]:
        made["maxProperties"] = f["max"]
    if f["help"]:
        made["description"] = f["help"]
    if f["readonly"]:
        made["readOnly"] = True
    return made


def record_schema(fields):
    root = shape()
    for f in fields:
        at, parts = root, f["name"].split(".")
        for part in parts[:-1]:
            at = at["properties"].setdefault(part, shape())
        at["properties"][parts[-1]] = field_schema(f)
    return root


def add_records(tables):
    for kind, name in NAMES.items():
        SCHEMAS[name] = record_schema(tables["kinds"][kind])
    gateway = SCHEMAS["Gateway"]["properties"]
    gateway["frequency_plan_id"] = {
        "type": "string", "deprecated": True,
        "description": "the first of frequency_plan_ids, which goes before it"}
    gateway["target_cups_key"] = shape([], key_id=TEXT, value=BASE64)
    gateway["target_cups_key"]["description"] = "the key that it should have for CUPS"
    SCHEMAS["NewApiKey"] = json.loads(json.dumps(SCHEMAS["ApiKey"]))
    SCHEMAS["NewApiKey"]["properties"]["key"] = {
        "type": "string", "description": "what is presented; shown this once"}
    SCHEMAS["Gateways"] = listing("gateways", ref("Gateway"))
    SCHEMAS["ApiKeys"] = listing("api_keys", ref("ApiKey"))
    SCHEMAS["Eui"] = {"type": "string", "pattern": "^[0-9A-F]{16}$",
                      "description": "upper case on output; any usual form is taken"}
    rights = next(f for f in tables["kinds"]["key"] if f["name"] == "rights")
    SCHEMAS["Right"] = {"enum": rights["words"]}


def content(schema):
    if schema == "*":
        any_text = {"schema": {"type": "string"}}
        return {"text/csv": any_text, "application/x-ndjson": any_text,
                "application/json": {"schema": {}}}
    if schema == "*yaml":
        return {"application/yaml": {"schema": {"type": "string"}}}
    return {"application/json": {"schema": ref(schema)}}


def operation(route, action):
    key = route["method"] + " " + route["path"]
    if key not in ROUTES:
        sys.exit("no description of " + key)
    summary, body, answer, params = ROUTES.pop(key)
    scope = {"any": "any key", "gateway": "the gateway's own key, or one for all gateways",
             "list": "a key; one of a gateway sees that gateway alone",
             "fleet": "a key for all gateways"}[action["scope"]]
    rights = " and ".join(action["rights"])
    made = {
        "summary": summary, "operationId": key.lower().replace("/api/v3/", "")
        .replace(" ", "_").translate(str.maketrans("/-", "__", "{}")),
        "description": "Needs " + scope + (f", with {rights}." if rights else "."),
        "x-action": action["name"], "x-rights": action["rights"],
        "x-scope": action["scope"],
    }
    names = [part[1:-1] for part in route["path"].split("/") if part.startswith("{")]
    made["parameters"] = [{"name": n, "in": "path", "required": True,
                           "schema": {"enum": ["cups", "lns"]} if n == "use" else TEXT}
                          for n in names] + params
    if not made["parameters"]:
        del made["parameters"]
    if body:
        made["requestBody"] = {"content": content(body)}
    made["responses"] = {
        "200": {"description": "done", "content": content(answer)},
        "default": {"$ref": "#/components/responses/Error"},
    }
    return made


def document(tables):
    actions = {a["name"]: a for a in tables["actions"]}
    add_kinds()
    add_records(tables)
    paths = {}
    for route in tables["routes"]:
        paths.setdefault(route["path"], {})[route["method"].lower()] = operation(
            route, actions[route["action"]])
    if ROUTES:
        sys.exit("no such route: " + ", ".join(ROUTES))
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Gatehouse", "version": "3",
            "description": "Gateways and their keys as in The Things Stack, and "
            "Gatehouse's own records. GET of one of them has an ETag. PUT and DELETE take "
            "If-Match with it: 412 when it was changed meanwhile. Below a gateway, what is "
            "done to its windows and certificates takes that of the gateway, and what is "
            "done to one of its keys that of the key. Deleted and unknown gateways have no "
            "ETag, so If-Match is not looked at where they are purged and forgotten. GET of "
            "one record takes "
            "If-None-Match. Flags of a query are in any letter case; what is no flag, also "
            "one without a value, is refused. A body may "
            "have 256 KiB where nothing else is said. Lists tell how many there are in "
            "X-Total-Count."},
        "servers": [{"url": "/"}],
        "security": [{"key": []}],
        "paths": paths,
        "components": {
            "securitySchemes": {"key": {
                "type": "http", "scheme": "bearer",
                "description": "an API key: Authorization: Bearer KEY"}},
            "responses": {"Error": {
                "description": "400 what is wrong and where, 401 no key, 403 a wrong key "
                "or too few rights, 404, 405, 409 taken or not possible now, 412 changed "
                "meanwhile, 413, 415, 429 too many wrong keys, 500, 503",
                "content": {"application/json": {"schema": ref("Error")}}}},
            "schemas": dict(sorted(SCHEMAS.items())),
        },
    }


# ---- YAML, in a form of its own so that writing it needs no package -----------------------


def scalar(v):
    if isinstance(v, str):
        return json.dumps(v, ensure_ascii=False)
    return json.dumps(v)


def write(v, indent, out):
    pad = "  " * indent
    if isinstance(v, dict):
        for k, w in v.items():
            name = k if k.replace("_", "").isalnum() and not k[0].isdigit() else json.dumps(k)
            if isinstance(w, (dict, list)) and w:
                out.append(f"{pad}{name}:")
                write(w, indent + 1, out)
            else:
                out.append(f"{pad}{name}: {scalar(w)}")
    else:
        for w in v:
            if isinstance(w, (dict, list)) and w:
                start = len(out)
                write(w, indent + 1, out)
                out[start] = pad + "- " + out[start].lstrip()
            else:
                out.append(f"{pad}- {scalar(w)}")


def main():
    with open(sys.argv[1], encoding="utf-8") as f:
        tables = json.load(f)
    out = ["# Made by share/openapi.py from the program's tables: `make openapi`."]
    write(document(tables), 0, out)
    print("\n".join(out))


main()

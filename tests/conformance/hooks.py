"""What schemathesis has to know of this API: how to sign, and what the contract asks of every answer beside the document."""

import datetime
import hashlib
import json
import os
import re
import sqlite3
import zlib

import jsonschema_rs
import schemathesis
from settings import STATEFUL
from signature import Signature

HEADERS = ["x-request-id", "x-correlation-id", "x-worker-version", "x-processing-time-ms", "content-language"]
ENVELOPE = {"error", "code", "message", "params", "requestId", "correlationId", "referenceId", "timestamp"}

KEY, REPLAYED = "Idempotency-Key", "idempotency-replayed"
# keys by the request that they were first sent with, and the ids of answers: those of earlier runs against this server, too
KNOWN = sqlite3.connect("known.db", isolation_level=None, check_same_thread=False)
KNOWN.executescript("PRAGMA journal_mode = off; PRAGMA synchronous = off; CREATE TABLE IF NOT EXISTS known (name TEXT PRIMARY KEY, value TEXT)")

STARTS = {"startBuild", "startBatch", "createPreviewForNewProject", "updateProject"}
DOCUMENT = {}

# of the prepared request: what is signed is what is sent
schemathesis.auth.set_from_requests(Signature(os.environ["WORKER_SHARED_SECRET"]))


@schemathesis.hook
def before_load_schema(context, raw_schema):
    """In 3.1 a stream's schema is that of its whole text; schemathesis would ask it of each event. `framed` looks closer."""
    DOCUMENT.update(raw_schema)
    for item in raw_schema["paths"].values():
        for operation in item.values():
            for response in operation["responses"].values():
                response.get("content", {}).get("text/event-stream", {}).pop("schema", None)


@schemathesis.hook
def before_call(context, case, kwargs):
    if case.meta is not None and case.meta.generation.mode.is_positive:
        startable(case)
        ordered(case)
        whole(case)
    tagged(case)
    keyed(case)


@schemathesis.hook
def after_call(context, case, response):
    ids = [response.headers.get(name, [""])[0] for name in HEADERS[:2]]
    KNOWN.execute("INSERT OR IGNORE INTO known VALUES (?, ?)", ids)


def startable(case):
    """What files a start may bring is told in words: three of four that are right but for that bring some that can be built."""
    if not isinstance(case.body, dict):
        return
    if not STARTS & {case.operation.definition.raw.get("operationId")} or chance(case.body, 4) == 0:
        return
    for index, start in enumerate(case.body.get("builds", [case.body])):
        # a build that waits would keep its project from all that comes later
        for field in ("templateZip", "delaySeconds", *(["projectId"] if index else [])):
            start.pop(field, None)
        start["templateFiles"] = {"index.html": f"<h1>{chance(start, 100)}</h1>"}
    if case.operation.path == "/v1/update-project" and not case.body.get("projectId"):
        case.body["projectId"] = os.environ["CONFORMANCE_PROJECT"]


def ordered(case):
    """That days are in order, and at most 366, is told in words, too."""
    query = case.query or {}
    if case.operation.path.startswith("/v1/analytics/") and "from" in query:
        last = datetime.date.fromisoformat(query["to"]) if "to" in query else datetime.datetime.now(datetime.UTC).date()
        first = last.toordinal() - chance(query, 366)
        query["from"] = datetime.date.fromordinal(max(first, datetime.date(1970, 1, 1).toordinal())).isoformat()


def whole(case):
    """1.0 is an integer to JSON Schema, and none to this API: whoever counts in integers writes them so."""
    for part in [case.body, *case.body.get("builds", [])] if isinstance(case.body, dict) else []:
        for name, value in part.items() if isinstance(part, dict) else []:
            if isinstance(value, float) and value.is_integer() and abs(value) < 2**63:
                part[name] = int(value)


def tagged(case):
    """What covers the bounds of all else brings an empty If-Match, which the document forbids: any tag will do instead."""
    headers = case.headers or {}
    if headers.get("If-Match") == "" and case.meta is not None and case.meta.phase.name.value == "coverage":
        if case.meta.generation.mode.is_positive or case.meta.phase.data.parameter != "If-Match":
            headers["If-Match"] = "*"


def keyed(case):
    """A key is of one request: one that came with another already gives way to one of this request."""
    headers = case.headers or {}
    # one that is said in the body, too, is the same one
    said = case.body.pop("idempotencyKey", None) if within(case) else None
    key = headers.get(KEY, said)
    if not isinstance(key, str) or not re.fullmatch("[!-~]{1,255}", key):
        if said is not None:
            case.body["idempotencyKey"] = said
        return
    others = {name: value for name, value in headers.items() if name.lower() != KEY.lower()}
    request = [case.method, case.formatted_path, case.query, others, case.body, case.media_type, said is None]
    digest = hashlib.sha256(json.dumps(request, default=repr).encode()).hexdigest()
    name = "key " + key.strip('"')
    KNOWN.execute("INSERT OR IGNORE INTO known VALUES (?, ?)", (name, digest))
    if KNOWN.execute("SELECT value FROM known WHERE name = ?", (name,)).fetchone() != (digest,):
        key = hashlib.sha256(f"{key} {digest}".encode()).hexdigest()
    if KEY in headers:
        headers[KEY] = key
    if said is not None:
        case.body["idempotencyKey"] = key


def within(case) -> bool:
    """Whether this request says a key in its body, and one that can be a key."""
    key = case.body.get("idempotencyKey") if isinstance(case.body, dict) else None
    return isinstance(key, str) and re.fullmatch("[!-~]{1,255}", key) is not None


def chance(value, of: int) -> int:
    """A number below that, the same for the same value in each run."""
    return zlib.crc32(json.dumps(value, sort_keys=True, default=str).encode()) % of


@schemathesis.check
def framed(ctx, response, case):
    """Every event of a stream is what the document says of events, lines and control frames, and says where it stands."""
    if not response.headers.get("content-type", [""])[0].startswith("text/event-stream"):
        return
    for frame in response.content.decode().split("\n\n"):
        fields = dict(line.split(": ", 1) for line in frame.splitlines() if not line.startswith(":"))
        assert fields.keys() <= {"id", "data", "retry"}, f"a frame with {sorted(fields)}"
        if "data" in fields:
            data = json.loads(fields["data"])
            control = "type" in data
            kind = "ControlFrame" if control else "BuildEvent" if "code" in data else "LogLine"
            schema = {"$ref": f"#/components/schemas/{kind}", "components": DOCUMENT["components"]}
            jsonschema_rs.Draft202012Validator(schema).validate(data)
            assert control != bool(fields.get("id")), "an event without a cursor, or a control frame with one"


@schemathesis.check
def stamped(ctx, response, case):
    """Every answer has the five headers."""
    missing = [name for name in HEADERS if not response.headers.get(name)]
    assert not missing, f"an answer without {', '.join(missing)}"


@schemathesis.check
def enveloped(ctx, response, case):
    """Every error has the one body; a HEAD has none."""
    if response.status_code < 400 or response.request.method == "HEAD":
        return
    body = json.loads(response.content)
    assert isinstance(body, dict) and ENVELOPE <= body.keys(), f"an error without {sorted(ENVELOPE - body.keys())}"
    assert body["error"] == body["code"], "error and code differ"
    assert isinstance(body["params"], dict) and isinstance(body["message"], str) and body["message"], "an error that says nothing"
    ids = (body["requestId"], body["correlationId"])
    if response.headers.get(REPLAYED) == ["true"]:
        assert KEY in response.request.headers, "an answer that was given before, without a key"
        first = KNOWN.execute("SELECT name, value FROM known WHERE name = ?", ids[:1]).fetchone()
        assert first == ids, "an answer that was given before has ids of no answer before"
        return
    assert [ids[0]] == response.headers["x-request-id"], "the body's requestId is not the header's"
    assert [ids[1]] == response.headers["x-correlation-id"], "the body's correlationId is not the header's"


@schemathesis.check
def judged(ctx, response, case):
    """A rightly made request that is compared with a state is refused with 422 for that alone."""
    fields = STATEFUL.get(case.operation.definition.raw.get("operationId"))
    if response.status_code == 422 and fields and case.meta is not None and case.meta.generation.mode.is_positive:
        faults = {error["field"] for error in json.loads(response.content)["params"].get("errors", [])}
        assert faults and faults <= fields, f"refused for {sorted(faults)}"

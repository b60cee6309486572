"""What schemathesis has to know of this API: how to sign, and what the contract asks of every answer beside the document."""

import json
import os
import zlib

import jsonschema_rs
import schemathesis
from signature import Signature

HEADERS = ["x-request-id", "x-correlation-id", "x-worker-version", "x-processing-time-ms", "content-language"]
ENVELOPE = {"error", "code", "message", "params", "requestId", "correlationId", "referenceId", "timestamp"}

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
    """What files a start may bring is told in words: three of four that are right but for that bring some that can be built."""
    if case.meta is None or not case.meta.generation.mode.is_positive or not isinstance(case.body, dict):
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
    assert [body["requestId"]] == response.headers["x-request-id"], "the body's requestId is not the header's"
    assert [body["correlationId"]] == response.headers["x-correlation-id"], "the body's correlationId is not the header's"

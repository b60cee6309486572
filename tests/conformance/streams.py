"""Recorded streams against the document in 3.2: each event of builds and rollbacks that have ended is what its schema says, and so
is each line of their recordings.

schemathesis reads a stream as objects `{id, event, data, retry}` and asks `contentSchema` of what `data` holds. Only streams that end
are read: a project's, of the same events, goes on for ever.
"""

import copy
import json

import jsonschema_rs
import schemathesis
from schemathesis.checks import not_a_server_error
from schemathesis.config import SchemathesisConfig
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi.checks import content_type_conformance, response_schema_conformance, status_code_conformance

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
# more than any of these streams has: the whole of each is read
EVENTS_MAX = 10_000
# where streams are, and what they carry
PATHS = {"/v1/builds/{id}/events": "events", "/v1/builds/{id}/logs": "lines", "/api/builds/{id}/events": "events", "/api/builds/{id}/logs": "lines"}
REPLAYS = {"/v1/replays/{id}/events": "events"}


# what has to be there, or the streams show little
CODES = {"BUILD_COMPILING", "BUILD_COMPLETED", "BUILD_FAILED", "ROLLBACK_COMPLETED"}


def judge(text: str, url: str, session, ids: list) -> int:
    """Reads the streams of these builds and jobs, and says what it saw; not 0 where something is wrong."""
    document = json.loads(text)
    seen = read(document, url, session, ids, {**PATHS, **REPLAYS})
    print(f"streams: {seen['streams']} of {len(ids)} builds and rollbacks, {seen['events']} events of {len(seen['codes'])} codes, ", end="")
    print(f"{seen['lines']} lines, {len(seen['findings'])} findings")
    for finding in seen["findings"][:10]:
        print(f"streams: {finding}")
    missed = CODES - seen["codes"] if seen["lines"] else CODES
    unseen = [name for name, changed in wrong(document) if not read(changed, url, session, ids)["findings"]]
    if missed or unseen:
        print(f"streams: not whole: without {sorted(missed)}, and nothing was found where the document was wrong in {unseen}")
    return 1 if seen["findings"] or missed or unseen else 0


def wrong(document: dict):
    """The document with one mistake each: whoever finds nothing there looks at nothing."""
    mistakes = {
        "a param's type": lambda schemas: schemas["BuildQueuedParams"]["properties"].update(queuePosition={"type": "string"}),
        "a required field": lambda schemas: schemas["RollbackCompletedEvent"]["required"].append("notThere"),
        "a line's field": lambda schemas: schemas["LogLine"]["properties"].update(seq={"type": "string"}),
        "a word of a control frame": lambda schemas: schemas["ConnectionStatus"].update(enum=["open"]),
        "a recording's header": lambda schemas: schemas["RecordingHeader"]["properties"].update(version={"type": "string"}),
        "a recording's line": lambda schemas: schemas["RecordedEvent"]["properties"].update(cursor={"type": "integer"}),
        "the name of a code": lambda schemas: schemas["BuildStartedEvent"]["properties"].update(code={"enum": ["BUILD_BEGUN"]}),
    }
    for name, change in mistakes.items():
        changed = copy.deepcopy(document)
        change(changed["components"]["schemas"])
        yield name, changed


def read(document: dict, url: str, session, ids: list, paths: dict = PATHS) -> dict:
    """Every stream, each answer validated; how much there was of what."""
    # read to the end of each stream
    config = SchemathesisConfig.from_dict({"max-stream-events": EVENTS_MAX, "request-timeout": 30.0})
    schema = schemathesis.openapi.from_dict(document, config=config)
    seen = {"streams": 0, "events": 0, "lines": 0, "codes": set(), "findings": []}
    for path, kind in paths.items():
        for build in ids:
            of = replay(url, session, build) if path in REPLAYS else build
            case = schema[path]["GET"].Case(path_parameters={"id": of})
            response = case.call(base_url=url, session=session, headers={"accept": "text/event-stream"})
            seen["streams"] += 1
            told = frames(response.content.decode())
            seen[kind] += len([frame for frame in told if "type" not in frame])
            seen["codes"] |= {frame["code"] for frame in told if "code" in frame}
            seen["findings"] += findings(case, response)
    for build in ids:
        answer = session.get(f"{url}/v1/builds/{build}/recording", timeout=30)
        assert answer.status_code == 200, f"{answer.status_code} {answer.text}"
        seen["findings"] += unlike(document, answer.content.decode())
    return seen


def unlike(document: dict, recording: str) -> list:
    """What of a recording is not as the document says."""
    components = {"schemas": document["components"]["schemas"]}
    header, event = (
        jsonschema_rs.Draft202012Validator({"$ref": f"#/components/schemas/{name}", "components": components})
        for name in ("RecordingHeader", "RecordedEvent")
    )
    lines = recording.rstrip("\n").split("\n")
    errors = [(1, error) for error in header.iter_errors(json.loads(lines[0]))]
    errors += [(at, error) for at, line in enumerate(lines[1:], 2) for error in event.iter_errors(json.loads(line))]
    return [f"recording, line {at}: {error.message}" for at, error in errors]


def replay(url: str, session, build: str) -> str:
    """A replay of the build, with all events at once."""
    answer = session.post(f"{url}/v1/builds/{build}/replay", json={"speed": 0}, timeout=30)
    assert answer.status_code == 201, f"{answer.status_code} {answer.text}"
    return answer.json()["replayId"]


def frames(text: str) -> list:
    """What the frames of a stream hold."""
    lines = [line for frame in text.split("\n\n") for line in frame.splitlines() if line.startswith("data: ")]
    return [json.loads(line.removeprefix("data: ")) for line in lines]


def findings(case, response) -> list:
    try:
        case.validate_response(response, checks=CHECKS)
    except FailureGroup as group:
        return [f"{case.operation.label}: {failure.title}: {failure.message}" for failure in group.exceptions]
    return []

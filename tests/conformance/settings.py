"""The settings of the run: what is checked, and which ids are worth trying where."""

import json

SEED = 20260101

# what a rightly made request may be told: no things of that name, not in this state, not now, not for what the account has
FAIR = ["2xx", "304", "401", "402", "403", "404", "409", "413", "416", "429"]
# a cursor is opaque: the document can't say which text is one
CURSORS = {"cursor", "after", "lastEventId", "Last-Event-ID"}
# rules over several fields, of archives and of paths within them, are told in words
RULES_IN_WORDS = {"StartBuild", "StartBatch", "MintStreamToken", "EstimateOperation", "ReplayBuild", "StepReplay"}
# what is compared with a state that the document can't know: the tag that a project has (no code has the status 412), what an
# account can still hold, whose payment a reference was, and what a reservation was made for. A 422 is for nothing but these fields: `judged` sees to it
STATEFUL = {"changeProject": {"If-Match"}, "writeProject": {"If-Match"}, "creditAccount": {"credits", "reference"}, "commitCredits": {"buildId"}}
# the answers to a request that is not as the document says; a path that leads nowhere is 404, whatever came with it, and a
# credential or a state may be looked at first
REFUSED = ["400", "401", "403", "404", "405", "406", "409", "413", "415", "422", "429"]

TEXT = f"""
seed = {SEED}
workers = 1
# an endless stream is read for so many events, and so long
max-stream-events = 3
request-timeout = 10.0
# every finding of a run, not the first alone
continue-on-failure = true
suppress-health-check = ["all"]

[generation]
database = "none"

[phases.fuzzing.generation]
max-examples = EXAMPLES
[phases.stateful]
max-steps = 8
[phases.stateful.generation]
max-examples = 60

[checks.negative_data_rejection]
expected-statuses = {json.dumps(REFUSED)}
[checks.missing_required_header]
expected-statuses = {json.dumps(REFUSED)}
# two users' sessions would be needed; a signature is the whole backend's, and who sees what is tested in tests/it
[checks.object_level_authorization]
enabled = false
"""

# what a parameter's name, or the path before it, says that an id is of
KINDS = {"builds": "build", "projects": "project", "versions": "version", "rollback": "job", "downloads": "ticket", "publish": "version", "balance": "user", "credits": "user", "replays": "replay"}
NAMES = {"userId": "user", "projectId": "project", "targetVersionId": "version", "buildId": "build", "ids": "project", "reservationId": "reservation"}


def settings(document: dict, ids: dict, examples: int) -> str:
    """The whole text."""
    lines = [TEXT.replace("EXAMPLES", str(examples))]
    for kind, values in ids.items():
        lines.append(f"[dictionaries.{kind}]\nvalues = {json.dumps(values)}")
    # a field of a body or of a query is named the same everywhere
    lines.append("[parameters]")
    for name, kind in NAMES.items():
        for place in ("query", "body"):
            lines.append(f'"{place}.{name}" = {{ dictionary = "{kind}", probability = 0.7 }}')
    for path, item in document["paths"].items():
        parts = path.split("/")
        known = [(part[1:-1], KINDS.get(before)) for before, part in zip(parts, parts[1:]) if part.startswith("{")]
        for operation in item.values():
            lines.append(f"[[operations]]\ninclude-operation-id = {json.dumps(operation['operationId'])}")
            lines.append(f"[operations.checks.positive_data_acceptance]\nexpected-statuses = {json.dumps(FAIR + beside(operation))}")
            lines.append("[operations.parameters]")
            lines += [f'"path.{name}" = {{ dictionary = "{kind}", probability = 0.7 }}' for name, kind in known if kind]
    return "\n".join(lines)


def beside(operation: dict) -> list:
    """What a rightly made request of this operation may be told, too."""
    more = []
    if any(parameter["name"] in CURSORS for parameter in operation.get("parameters", [])):
        more.append("400")
    if operation["operationId"] in STATEFUL:
        more.append("422")
    body = json.dumps(operation.get("requestBody", {}))
    if any(f"/{name}\"" in body for name in RULES_IN_WORDS):
        more += ["400", "422"]
    return more

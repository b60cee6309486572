"""schemathesis against a server of this code, with every kind of thing in it.

`run.py BINARY [--cases N] [--examples N] [--walks N]`; what else is said goes to schemathesis, such as `--include-path PATH`.
"""

import argparse
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import requests
from settings import SEED, settings
from signature import Signature
from streams import judge

HERE = Path(__file__).parent
SECRET = "a secret that only the conformance run knows"
# the document's own example of a user
OWNER = "user_456"
# cases while fuzzing, of all operations: more operations make no longer runs
FUZZED = 2200
WALKS_MAX = 8
# a project whose build prints something
SCRIPTED = {"name": "scripted", "scripts": {"build": "mkdir -p dist && cp index.html dist/ && echo built"}}


class Server:
    """The server under test; it is stopped with everything that it started."""

    def __init__(self, binary: str, folder: Path):
        environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith(("BUILDCAST_", "DATABASE_", "REDIS_"))},
            "BUILDCAST_LISTEN": "127.0.0.1:0",
            "BUILDCAST_PREVIEW_LISTEN": "127.0.0.1:0",
            "BUILDCAST_DATA_DIR": str(folder / "data"),
            "BUILDCAST_RATE_PER_MINUTE": "1000000",
            "BUILDCAST_LOG": "error",
            # a token for it is minted, too
            "BUILDCAST_PAGE": "login",
            "WORKER_SHARED_SECRET": SECRET,
        }
        self.log = (folder / "server.log").open("w")
        self.process = subprocess.Popen([binary, "serve"], env=environment, stdout=subprocess.PIPE, stderr=self.log, text=True)
        line = self.process.stdout.readline()
        if not line:
            sys.exit(f"the server did not start:\n{(folder / 'server.log').read_text()}")
        self.url = json.loads(line)["api"]
        self.session = requests.Session()
        self.session.auth = Signature(SECRET)

    def stop(self) -> int:
        self.process.terminate()
        return self.process.wait(60)

    def post(self, path: str, body: dict) -> dict:
        answer = self.session.post(self.url + path, json=body, timeout=30)
        if answer.status_code >= 300:
            sys.exit(f"POST {path}: {answer.status_code} {answer.text}")
        return answer.json()

    def deploy(self, body: dict) -> dict:
        """A build that has ended well."""
        build = self.post("/v1/builds", {"userId": OWNER, **body})
        return self.until(f"/v1/builds/{build['buildId']}", lambda view: view["status"] in ("deployed", "failed"))

    def until(self, path: str, over) -> dict:
        for _ in range(600):
            view = self.session.get(self.url + path, timeout=30).json()
            if over(view):
                return view
            time.sleep(0.1)
        sys.exit(f"{path} has not ended: {view}")


def fill(server: Server) -> dict:
    """One of everything; the ids by what they name."""
    page = {"index.html": "<h1>Hello</h1>"}
    first = server.deploy({"templateFiles": page, "metadata": {"n": 1}})
    project = first["projectId"]
    second = server.deploy({"projectId": project, "templateFiles": {**page, "a.css": "h1 {}"}})
    failed = server.deploy({"templateFiles": {"package.json": "{"}})
    compiled = server.deploy({"templateFiles": {**page, "package.json": json.dumps(SCRIPTED)}})
    waiting = server.post("/v1/builds", {"userId": OWNER, "templateFiles": page, "delaySeconds": 80_000})
    back = {"userId": OWNER, "projectId": project, "targetVersionId": first["versionId"]}
    job = server.post("/v1/versions/rollback", back)["jobId"]
    server.until(f"/v1/versions/rollback/{job}/progress", lambda view: view["status"] in ("completed", "failed"))
    server.post(f"/v1/projects/{project}/publish/{second['versionId']}", {"userId": OWNER})
    reservation = server.post("/v1/credits/reserve", {"userId": OWNER, "buildId": first["buildId"], "estimatedCredits": 150})
    address = server.session.get(f"{server.url}/v1/versions/{first['versionId']}/download?userId={OWNER}", timeout=30).json()
    replay = {"fromSeq": 2, "step": True}
    replays = [server.post(f"/v1/builds/{first['buildId']}/replay", body)["replayId"] for body in ({"speed": 0}, replay)]
    return {
        "user": [OWNER],
        "build": [first["buildId"], failed["buildId"], waiting["buildId"], job],
        "ended": [first["buildId"], second["buildId"], failed["buildId"], compiled["buildId"], job],
        "project": [project, waiting["projectId"]],
        "version": [first["versionId"], second["versionId"]],
        "job": [job],
        "replay": replays,
        "reservation": [reservation["reservationId"]],
        "ticket": [address["downloadUrl"].rsplit("/", 1)[1]],
        "locale": ["en", "ar"],
    }


def run(server: Server, folder: Path, ids: dict, more: list) -> dict:
    """One run of schemathesis; its report."""
    report = folder / "report.json"
    report.unlink(missing_ok=True)
    command = [Path(sys.executable).with_name("schemathesis"), "--config-file", folder / "schemathesis.toml", "run"]
    command += ["--report", "json", "--report-json-path", report, *more, f"{server.url}/openapi.json"]
    known = {"CONFORMANCE_PROJECT": ids["project"][0], "WORKER_SHARED_SECRET": SECRET}
    environment = {**os.environ, **known, "PYTHONPATH": str(HERE), "SCHEMATHESIS_HOOKS": "hooks"}
    code = subprocess.run(command, env=environment, check=False, cwd=folder).returncode
    if not report.exists():
        sys.exit(f"conformance: schemathesis ended with {code} and without a report")
    return {**json.loads(report.read_text()), "exit": code}


def main() -> int:
    arguments = argparse.ArgumentParser()
    arguments.add_argument("binary")
    arguments.add_argument("--cases", type=int, default=5000, help="what a run must at least have")
    arguments.add_argument("--examples", type=int, help=f"of each operation while fuzzing; {FUZZED} for all operations unless said")
    arguments.add_argument("--walks", type=int, default=1, help="stateful runs more, each from a seed of its own: answers differ, and a run ends early")
    asked, more = arguments.parse_known_args()
    # whoever ends this run ends its server, too
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        server = Server(asked.binary, folder)
        try:
            ids = fill(server)
            ended = ids.pop("ended")
            streamed = judge(server.session.get(f"{server.url}/openapi-3.2.json", timeout=30).text, server.url, server.session, ended)
            document = server.session.get(f"{server.url}/openapi.json", timeout=30).json()
            (folder / "schemathesis.toml").write_text(settings(document, ids, asked.examples or FUZZED // operations(document)))
            reports = [run(server, folder, ids, more)]
            # how far a walk gets is chance: where they were short there are more of them
            while len(reports) <= asked.walks or asked.walks and cases(reports) < asked.cases and len(reports) <= WALKS_MAX:
                reports.append(run(server, folder, ids, ["--phases", "stateful", "--seed", str(SEED + len(reports))]))
        finally:
            stopped = server.stop()
            # only what is an error in the log is there
            print((folder / "server.log").read_text()[-4000:], file=sys.stderr)
        return streamed or verdict(reports, asked.cases) or stopped


def operations(document: dict) -> int:
    return sum(len(item) for item in document["paths"].values())


def cases(reports: list) -> int:
    return sum(report["test_cases"]["generated"] for report in reports)


def verdict(reports: list, wanted: int) -> int:
    """The line that a reader of the log looks for; not 0 where something is wrong."""
    findings = sum(report["test_cases"]["unique_failures"] for report in reports)
    errors = sum(len(report["errors"]) for report in reports)
    tested, total = (reports[0]["operations"][name] for name in ("tested", "total"))
    phases = [name for name, phase in reports[0]["phases"].items() if phase["status"] == "success"]
    print(f"conformance: {cases(reports)} cases over {tested} of {total} operations, {findings} findings, {errors} errors")
    if cases(reports) < wanted or tested < total or len(phases) < 4:
        print(f"conformance: not whole: {wanted} cases, every operation and four phases that end well are wanted")
        return 1
    return 1 if findings or errors or any(report["exit"] for report in reports) else 0


sys.exit(main())

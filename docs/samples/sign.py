"""Signs a request and sends it: python3 sign.py [--v1] [--print] METHOD URL [BODY]

The secret is WORKER_SHARED_SECRET. --print shows the headers and sends nothing; TIMESTAMP and NONCE may be set then.
"""

import hashlib
import hmac
import os
import sys
import time
import urllib.error
import urllib.request
import uuid

SECRET = os.environ.get("WORKER_SHARED_SECRET", "").encode()


def mac(data: bytes) -> str:
    return hmac.new(SECRET, data, hashlib.sha256).hexdigest()


def headers_v1(path: str, body: bytes) -> dict[str, str]:
    return {"x-sheen-signature": mac(body + path.encode())}


def headers_v2(method: str, path: str, body: bytes) -> dict[str, str]:
    timestamp = os.environ.get("TIMESTAMP") or str(time.time_ns() // 1_000_000)
    nonce = os.environ.get("NONCE") or str(uuid.uuid4())
    lines = ["v2", method, path, timestamp, nonce, hashlib.sha256(body).hexdigest()]
    return {"x-sheen-timestamp": timestamp, "x-sheen-nonce": nonce, "x-sheen-sig-v2": mac("\n".join(lines).encode())}


def main() -> None:
    options = [argument for argument in sys.argv[1:] if argument.startswith("--")]
    words = [argument for argument in sys.argv[1:] if not argument.startswith("--")]
    if not SECRET or len(words) < 2:
        sys.exit("WORKER_SHARED_SECRET=… python3 sign.py [--v1] [--print] METHOD URL [BODY]")
    method, url = words[:2]
    body = words[2].encode() if len(words) > 2 else b""
    # as it stands on the request line: not decoded, with its query
    path = "/" + url.split("://", 1)[1].partition("/")[2]
    headers = headers_v1(path, body) if "--v1" in options else headers_v2(method, path, body)
    if "--print" in options:
        for name, value in headers.items():
            print(f"{name}: {value}")
        return
    if body:
        headers["content-type"] = "application/json"
    request = urllib.request.Request(url, data=body or None, headers=headers, method=method)
    try:
        with urllib.request.urlopen(request) as answer:
            print(answer.status)
            print(answer.read().decode())
    except urllib.error.HTTPError as refused:
        print(refused.code)
        print(refused.read().decode())


main()

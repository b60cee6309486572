"""Signs a request and sends it: python3 sign.py [--v1] [--print] METHOD URL [BODY]

The secret is WORKER_SHARED_SECRET. --print shows the headers and sends nothing; TIMESTAMP and NONCE may be set then.
Prints the status and the body of the answer. Exit codes: 0 an answer of any status, 1 no answer, 2 usage.
"""

import hashlib
import hmac
import http.client
import os
import re
import sys
import time
import uuid
from typing import NoReturn
from urllib.parse import SplitResult, urlsplit

SECRET = os.fsencode(os.environ.get("WORKER_SHARED_SECRET", ""))


def refuse(why: str) -> NoReturn:
    print(why, "WORKER_SHARED_SECRET=… python3 sign.py [--v1] [--print] METHOD URL [BODY]", sep="\n", file=sys.stderr)
    sys.exit(2)


def arguments() -> tuple[set[str], str, str, bytes]:
    """The options, which stand before METHOD, and METHOD, URL and BODY."""
    words, options = sys.argv[1:], set()
    while words and words[0].startswith("-"):
        option = words.pop(0)
        if option not in ("--v1", "--print"):
            refuse(f"{option} is no option")
        options.add(option)
    if not SECRET:
        refuse("WORKER_SHARED_SECRET is not set")
    if len(words) not in (2, 3):
        refuse("METHOD and URL, and no more than a BODY")
    method, body = words[0].upper(), os.fsencode(words[2]) if len(words) > 2 else b""
    if not re.fullmatch("[A-Z]+", method):
        refuse("METHOD: letters")
    if method == "HEAD" and body:
        refuse("HEAD has no BODY")
    return options, method, words[1], body


def split(url: str) -> tuple[SplitResult, str]:
    """Where to send it, and what stands on the request line, which is signed: not decoded, with its query."""
    if not re.fullmatch("[!-~]*", url):
        refuse("URL: visible ASCII characters; percent-encode the others")
    if not url.startswith(("http://", "https://")):
        refuse("URL: http://… or https://…")
    # a fragment stays with the client
    host, path = re.fullmatch("https?://([^/?]*)(.*)", url.partition("#")[0]).groups()
    if not host or "@" in host:
        refuse("URL: a host, without a user")
    try:
        place = urlsplit(url.partition("://")[0] + "://" + host)
        place.port  # fails where it is no number
    except ValueError:
        refuse("URL: the host or its port")
    return place, path if path.startswith("/") else "/" + path


def mac(data: bytes) -> str:
    return hmac.new(SECRET, data, hashlib.sha256).hexdigest()


def headers_v1(path: str, body: bytes) -> dict[str, str]:
    return {"x-sheen-signature": mac(body + path.encode())}


def headers_v2(method: str, path: str, body: bytes) -> dict[str, str]:
    timestamp = os.environ.get("TIMESTAMP") or str(time.time_ns() // 1_000_000)
    nonce = os.environ.get("NONCE") or str(uuid.uuid4())
    lines = ["v2", method, path, timestamp, nonce, hashlib.sha256(body).hexdigest()]
    return {"x-sheen-timestamp": timestamp, "x-sheen-nonce": nonce, "x-sheen-sig-v2": mac("\n".join(lines).encode())}


def send(method: str, place: SplitResult, path: str, headers: dict[str, str], body: bytes) -> None:
    """Follows no redirect: another address would need another signature."""
    kind = http.client.HTTPSConnection if place.scheme == "https" else http.client.HTTPConnection
    if body:
        headers["content-type"] = "application/json"
    try:
        connection = kind(place.hostname, place.port)
        connection.request(method, path, body or None, headers)
        answer = connection.getresponse()
        text = answer.read()
    except (OSError, ValueError, http.client.HTTPException) as fault:
        sys.exit(f"no answer: {fault}")
    sys.stdout.buffer.write(b"%d\n%s\n" % (answer.status, text))


def main() -> None:
    options, method, url, body = arguments()
    place, path = split(url)
    headers = headers_v1(path, body) if "--v1" in options else headers_v2(method, path, body)
    if "--print" in options:
        for name, value in headers.items():
            print(f"{name}: {value}")
    else:
        send(method, place, path, headers, body)


main()

"""Signs requests by version 2: the bytes that are sent, with the path as it stands on the request line."""

import hashlib
import hmac
import secrets
import time

import requests


class Signature(requests.auth.AuthBase):
    def __init__(self, secret: str):
        self.secret = secret.encode()

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        body = request.body or b""
        body = body.encode() if isinstance(body, str) else body
        timestamp, nonce = str(int(time.time() * 1000)), secrets.token_hex(16)
        lines = ["v2", request.method, request.path_url, timestamp, nonce, hashlib.sha256(body).hexdigest()]
        right = hmac.new(self.secret, "\n".join(lines).encode(), hashlib.sha256).hexdigest()
        request.headers.update({"x-sheen-timestamp": timestamp, "x-sheen-nonce": nonce, "x-sheen-sig-v2": right})
        return request

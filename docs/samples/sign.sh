#!/bin/sh
# Signs a request and sends it: sh sign.sh [--v1] [--print] METHOD URL [BODY]
# The secret is WORKER_SHARED_SECRET. --print shows the headers and sends nothing; TIMESTAMP and NONCE may be set then.
# openssl is told the secret as an argument, which others on the machine can see: for trying things out.
set -eu

version=v2 print=
while [ $# -gt 0 ]; do
  case $1 in
    --v1) version=v1 ;;
    --print) print=yes ;;
    *) break ;;
  esac
  shift
done
if [ $# -lt 2 ] || [ -z "${WORKER_SHARED_SECRET:-}" ]; then
  echo "WORKER_SHARED_SECRET=… sh sign.sh [--v1] [--print] METHOD URL [BODY]" >&2
  exit 2
fi
method=$1 url=$2 body=${3:-}

# As it stands on the request line: not decoded, with its query.
rest=${url#*://}
case $rest in
  */*) path=/${rest#*/} ;;
  *) path=/ ;;
esac

hmac() {
  openssl dgst -sha256 -hmac "$WORKER_SHARED_SECRET" -r | cut -d ' ' -f 1
}

if [ "$version" = v1 ]; then
  signature=$(printf '%s%s' "$body" "$path" | hmac)
  set -- "x-sheen-signature: $signature"
else
  timestamp=${TIMESTAMP:-$(date +%s)000}
  nonce=${NONCE:-$(openssl rand -hex 16)}
  digest=$(printf '%s' "$body" | openssl dgst -sha256 -r | cut -d ' ' -f 1)
  signature=$(printf 'v2\n%s\n%s\n%s\n%s\n%s' "$method" "$path" "$timestamp" "$nonce" "$digest" | hmac)
  set -- "x-sheen-timestamp: $timestamp" "x-sheen-nonce: $nonce" "x-sheen-sig-v2: $signature"
fi

if [ -n "$print" ]; then
  printf '%s\n' "$@"
  exit
fi
for header; do
  set -- "$@" -H "$header"
  shift
done
if [ -n "$body" ]; then
  set -- "$@" -H 'content-type: application/json' --data-binary "$body"
fi
answer=$(curl --silent --show-error --path-as-is -X "$method" "$@" --write-out '\n%{http_code}' "$url")
printf '%s\n' "$answer" | tail -n 1
printf '%s\n' "$answer" | sed '$d'

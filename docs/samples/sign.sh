#!/bin/sh
# Signs a request and sends it, with openssl and curl 7.43 or later: sh sign.sh [--v1] [--print] METHOD URL [BODY]
# The secret is WORKER_SHARED_SECRET. --print shows the headers and sends nothing; TIMESTAMP and NONCE may be set then.
# Prints the status and the body of the answer. Exit codes: 0 an answer of any status, 1 no answer, 2 usage.
# openssl is told the secret as an argument, which others on the machine can see: for trying things out.
set -eu
# Characters are bytes.
export LC_ALL=C

refuse() {
  printf '%s\n' "$1" "WORKER_SHARED_SECRET=… sh sign.sh [--v1] [--print] METHOD URL [BODY]" >&2
  exit 2
}

version=v2 print=
while [ $# -gt 0 ]; do
  case $1 in
    --v1) version=v1 ;;
    --print) print=yes ;;
    -*) refuse "$1 is no option" ;;
    *) break ;;
  esac
  shift
done
[ -n "${WORKER_SHARED_SECRET:-}" ] || refuse 'WORKER_SHARED_SECRET is not set'
[ $# -eq 2 ] || [ $# -eq 3 ] || refuse 'METHOD and URL, and no more than a BODY'
method=$(printf '%s' "$1" | tr a-z A-Z) url=$2 body=${3:-}
case $method in
  *[!A-Z]* | '') refuse 'METHOD: letters' ;;
  HEAD) [ -z "$body" ] || refuse 'HEAD has no BODY' ;;
esac
case $url in
  *[!!-~]*) refuse 'URL: visible ASCII characters; percent-encode the others' ;;
  http://* | https://*) ;;
  *) refuse 'URL: http://… or https://…' ;;
esac

# A fragment stays with the client. What is left is signed and sent as it is: not decoded, with its query.
url=${url%%#*}
host=${url#*://}
host=${host%%[/?]*}
case $host in
  '' | *@*) refuse 'URL: a host, without a user' ;;
esac
path=${url#*://"$host"}
case $path in
  /*) ;;
  *) path=/$path ;;
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
  set -- "$@" --header "$header"
  shift
done
answer=$(mktemp)
trap 'rm -f "$answer"' EXIT
if [ "$method" = HEAD ]; then
  # --request alone would wait for a body; what --head prints is no body.
  set -- "$@" --head --output /dev/null
else
  set -- "$@" --request "$method" --output "$answer"
fi
if [ -n "$body" ]; then
  # --data-raw, since to the others a body that begins with @ is a file.
  set -- "$@" --header 'content-type: application/json' --data-raw "$body"
fi
status=$(curl --silent --show-error --path-as-is --globoff "$@" --write-out '%{http_code}' --url "$url") || {
  [ $? -ne 3 ] || refuse 'URL: the host or its port'
  exit 1
}
echo "$status"
cat "$answer"
echo

#!/bin/sh
# Starts a build, waits for its end, records it, and compares it with a recording that was good:
#   BUILDCAST_URL=… WORKER_SHARED_SECRET=… sh ci.sh START.json GOOD.ndjson SEEN.ndjson
# START.json is the body of a start. Without a good recording yet, what was seen becomes it: look at it before you keep it.
# Exit codes: 0 as before, 1 no answer, 2 usage or a start that was refused, 3 to 5 as `buildcast tail`, 10 another build than before.
set -eu
[ $# -eq 3 ] || { echo 'sh ci.sh START.json GOOD.ndjson SEEN.ndjson' >&2; exit 2; }
start=$1 good=$2 seen=$3
buildcast=${BUILDCAST:-buildcast}
samples=$(dirname "$0")/..

answer=$(sh "$samples/sign.sh" POST "$BUILDCAST_URL/v1/builds" "$(cat "$start")")
field() { printf '%s\n' "$answer" | sed -n "s/.*\"$1\":\"\([^\"]*\)\".*/\1/p"; }
case $answer in
  202*) ;;
  *) printf '%s\n' "$answer" >&2; exit 2 ;;
esac
build=$BUILDCAST_URL/v1/builds/$(field buildId)
# In the environment nobody else of the machine sees it.
BUILDCAST_TOKEN=$(field streamToken)
export BUILDCAST_TOKEN

outcome=0
"$buildcast" tail "$build" || outcome=$?
# Also of a build that failed: it can be played again.
"$buildcast" record --force "$build" "$seen"
[ "$outcome" -eq 0 ] || exit "$outcome"
if [ ! -e "$good" ]; then
  cp "$seen" "$good"
  echo "$good was not there, and is what was seen now" >&2
fi
"$buildcast" diff "$good" "$seen" || exit 10

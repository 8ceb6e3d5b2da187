#!/bin/sh
# Sends a file of CloudEvents, one a line, to intake with curl: send.sh FILE [URL]
# curl itself waits and sends the same again where intake answers 429 or 503 or is away; what
# intake has taken already it answers as duplicate. At most 2000 lines at once: cut longer files
# with `split -l 2000`. Prints the answer for each; exits with 1 if any was rejected.
set -eu
answer=$(curl --silent --show-error --retry 10 --retry-connrefused --max-time 60 \
  --header 'content-type: application/x-ndjson' --data-binary "@$1" \
  "${2:-http://127.0.0.1:8101}/v1/events")
printf '%s\n' "$answer"
case $answer in
  *'"rejected":0'*) ;;
  *) exit 1 ;;
esac

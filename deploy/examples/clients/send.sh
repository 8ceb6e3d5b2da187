#!/bin/sh
# Sends a file of CloudEvents, one a line, to intake with curl: send.sh FILE [URL]
# AFTERCARE_CLIENT__KEY holds the key of the feed; curl reads it from its input, so that no list of
# processes shows it. curl itself waits and sends the same again where intake answers 429 or 503 or
# is away; what intake has taken already it answers as duplicate. At most 2000 lines at once: cut
# longer files with `split -l 2000`. Prints the answer for each; exits with 1 if any was rejected.
set -eu
: "${AFTERCARE_CLIENT__KEY:?set it to the key of this feed}"
answer=$(printf 'Authorization: Bearer %s\n' "$AFTERCARE_CLIENT__KEY" |
  curl --silent --show-error --retry 10 --retry-connrefused --max-time 60 --header @- \
  --header 'content-type: application/x-ndjson' --data-binary "@$1" \
  "${2:-http://127.0.0.1:8101}/v1/events")
printf '%s\n' "$answer"
case $answer in
  *'"rejected":0'*) ;;
  *) exit 1 ;;
esac

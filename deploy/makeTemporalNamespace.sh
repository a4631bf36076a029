#!/bin/sh
# Makes the namespace on the server at TEMPORAL_ADDRESS and returns once it is known everywhere; harmless when repeated.
# The server's port opens before it serves, and a new namespace is known to its parts a few seconds later: both are tried
# for a minute.
set -eu
: "${TEMPORAL_NAMESPACE:=default}"
export TEMPORAL_NAMESPACE

describe() { temporal operator namespace describe --namespace "$TEMPORAL_NAMESPACE" --command-timeout 5s; }
make() { temporal operator namespace create --namespace "$TEMPORAL_NAMESPACE" --retention "${RETENTION:-72h}" --command-timeout 5s; }
list() { temporal workflow list --limit 1 --command-timeout 5s; }

attempts=60
until { describe || make; } > /dev/null 2>&1 && list > /dev/null 2>&1; do
  attempts=$((attempts - 1))
  if [ "$attempts" -eq 0 ]; then
    # Once more, to say why.
    describe || make
    list
    exit 1
  fi
  sleep 1
done
echo "The namespace $TEMPORAL_NAMESPACE is there"

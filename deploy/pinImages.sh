#!/bin/sh
# Adds to each image of docker-compose.yml and the Dockerfile the digest that its tag has now, so that the same bytes are
# run until this is run again: sh deploy/pinImages.sh
# Asks the registry through `docker buildx imagetools`. Writes nothing unless every image was found.
set -eu
cd "$(dirname "$0")/.."
files='docker-compose.yml Dockerfile'
rules=$(mktemp)
trap 'rm -f "$rules" "$rules.new"' EXIT
# What we build ourselves is in no registry.
images=$(sed -n -E 's/^( *image: |FROM )([^ @]+:[^ @]+).*/\2/p' $files | grep -v '^rappel:' | sort -u)
for image in $images; do
  digest=$(docker buildx imagetools inspect --format '{{.Manifest.Digest}}' "$image")
  echo "$digest" | grep -q -E '^sha256:[0-9a-f]{64}$' || { echo "no digest of $image: '$digest'" >&2; exit 1; }
  # Not with echo, which of some shells reads \1 as a character.
  printf '%s\n' "s#^( *image: |FROM )($image)(@sha256:[0-9a-f]+)?( .*)?\$#\1\2@$digest\4#" >> "$rules"
done
for file in $files; do
  sed -E -f "$rules" "$file" > "$rules.new"
  cat "$rules.new" > "$file"
done
echo "$images" | sed 's/^/pinned /'

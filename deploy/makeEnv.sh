#!/bin/sh
# Makes the file `.env` that docker compose reads, with a new password for each role of PostgreSQL and a new key for named
# secrets: sh deploy/makeEnv.sh
# Never touches a file that is there: its passwords and its key are those of the databases that exist.
set -eu
cd "$(dirname "$0")/.."
if [ -e .env ]; then
  echo '.env is there already: left as it is' >&2
  exit 1
fi
password() { od -An -N24 -tx1 /dev/urandom | tr -d ' \n'; }
key() { head -c 32 /dev/urandom | base64; }
umask 077
cat > .env <<EOF
# Read by docker compose; readable by you alone. Any setting of docs/configuration.md may be added.
POSTGRES_PASSWORD=$(password)
RAPPEL_DATABASE_PASSWORD=$(password)
TEMPORAL_DATABASE_PASSWORD=$(password)
# Without it named secrets cannot be read: keep a copy apart from the backups of the database.
RAPPEL_SECRET_KEYS=k1:$(key)
EOF
echo 'Made .env with new passwords and a key. Set PUBLIC_URL, SMTP_URL and EMAIL_FROM in it before real mail is sent.'

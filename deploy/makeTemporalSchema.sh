#!/bin/sh
# Brings Temporal's two databases to the schema of this version of its tools; harmless when repeated. The databases are
# there already (makeDatabases.sql), as the role that owns them may create none. Connects as the SQL_ variables say.
set -eu
for schema in temporal visibility; do
  case $schema in
    temporal) database=temporal ;;
    visibility) database=temporal_visibility ;;
  esac
  temporal-sql-tool --database "$database" setup-schema --version 0.0
  temporal-sql-tool --database "$database" update-schema --schema-name "postgresql/v12/$schema"
done

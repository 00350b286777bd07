#!/bin/bash
# A database for each service, made when the server's folder is; the services lay out their tables themselves.
# `messages` is what the broker keeps that is built into `tradewind`, which may be run against this server, too.
set -euo pipefail
for name in users orders payments channels auth messages; do
    psql --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" <<SQL
CREATE DATABASE "$name";
REVOKE ALL ON DATABASE "$name" FROM PUBLIC;
SQL
done

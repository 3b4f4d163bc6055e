#!/bin/sh
# Make sure that the store's tests have a PostgreSQL server: an installed one, else Debian's. Without one they are
# skipped and say so, therefore this never fails.
set -u

if command -v initdb >/dev/null || ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1; then
  exit 0
fi
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends postgresql && exit 0
fi
echo "No PostgreSQL server was found, so the tests that need one will be skipped." >&2

#!/bin/sh
# Make sure that the cluster tests have a haproxy: an installed one, else Debian's. Without one they are skipped and say
# so, therefore this never fails. PostgreSQL is found by find_postgres.sh, Ray by requirements-cluster.txt.
set -u

if command -v haproxy >/dev/null || [ -x /usr/sbin/haproxy ]; then
  exit 0
fi
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends haproxy && exit 0
fi
echo "No haproxy was found, so the tests of two web replicas will be skipped." >&2

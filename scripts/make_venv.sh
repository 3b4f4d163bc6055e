#!/bin/sh
# Make .venv with the packages of a requirements file: make_venv.sh requirements.txt
set -eu

python=""
for name in ${PYTHON:-} python3.13 python3.12 python3.11 python3 python; do
  if "$name" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null; then
    python=$name
    break
  fi
done
if [ -z "$python" ]; then
  echo "Seven Steps needs Python 3.11, 3.12 or 3.13; none was found. Install one, or name it: make run PYTHON=/path/to/python" >&2
  exit 1
fi

if [ ! -x .venv/bin/pip ]; then
  if ! "$python" -m venv .venv 2>/dev/null; then
    # Debian keeps venv in a package of its own.
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
      apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq python3-venv
    fi
    "$python" -m venv .venv
  fi
fi
.venv/bin/pip install --quiet --disable-pip-version-check -r "$1"

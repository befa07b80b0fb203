#!/usr/bin/env bash
# neverthrow 8.2.0 (Linux x64): `npm install neverthrow` also installs a native binary of a bundler.
# Behaviour: the package lists `@rollup/rollup-linux-x64-gnu` under `optionalDependencies`, so npm
#   installs it with the library. No file of neverthrow names it, and rollup itself is not there.
# One would guess: a library of plain JavaScript without `dependencies` brings nothing else.
# For users: some 2 MB of machine code more in node_modules and container images, one more line in
#   every lockfile and audit. `npm install --omit=optional` leaves it out, with all else optional.
# Seen: @rollup/rollup-linux-x64-gnu neverthrow | named in a file of neverthrow: no | works without: yes
set -euo pipefail
[ "$(uname -sm)" = "Linux x86_64" ] || { echo "SKIP: shown on Linux x64 only"; exit 0; }
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm init -y >/dev/null
npm install --silent --ignore-scripts --no-audit --no-fund neverthrow@8.2.0 >/dev/null

installed=$(cd node_modules && echo @*/* [a-z]*)
named=no
grep -rqs rollup-linux node_modules/neverthrow/dist && named=yes
rm -rf node_modules/@rollup
works=$(node -p 'require("neverthrow").ok(1).isOk() ? "yes" : "no"')

seen="$installed | named in a file of neverthrow: $named | works without: $works"
echo "$seen"
[ "$seen" = "@rollup/rollup-linux-x64-gnu neverthrow | named in a file of neverthrow: no | works without: yes" ] ||
  { echo "CHANGED: neverthrow 8.2.0 no longer brings the bundler's binary, or uses it now"; exit 1; }

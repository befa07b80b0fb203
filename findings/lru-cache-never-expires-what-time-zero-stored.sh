#!/usr/bin/env bash
# lru-cache 11.5.3: an entry that is set while its clock says 0 never expires.
# Behaviour: a start of 0 stands for "no ttl", so an entry with a ttl that is set at `perf.now() === 0`, or with
#   `start: 0`, is never stale; getRemainingTTL says Infinity. One that is set a millisecond later expires.
# One would guess: any number that a clock gives is a time. The README's own example of a `perf` for tests begins with
#   `let myClockTime = 0`.
# For users: a test with a clock that begins at 0 sees ttls that do nothing. Let it begin at 1, or later.
# Seen: set at 0: live, Infinity ms left | set at 1: gone, 0 ms left | start: 0 at 1: live, Infinity ms left
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm init -y >/dev/null
npm install --silent --ignore-scripts --no-audit --no-fund lru-cache@11.5.3 >/dev/null

cat > run.mjs <<'JS'
import { LRUCache } from "lru-cache"

function seen(setAt, options) {
  let myClockTime = setAt
  const cache = new LRUCache({ max: 10, ttl: 1000, perf: { now: () => myClockTime }, ttlResolution: 0 })
  cache.set("key", "value", options)
  myClockTime = setAt + 1_000_000
  const left = cache.getRemainingTTL("key")
  return `${cache.has("key") ? "live" : "gone"}, ${left > 0 ? left : 0} ms left`
}
console.log(`set at 0: ${seen(0)} | set at 1: ${seen(1)} | start: 0 at 1: ${seen(1, { start: 0 })}`)
JS
seen="$(node run.mjs)"
echo "$seen"
[ "$seen" = "set at 0: live, Infinity ms left | set at 1: gone, 0 ms left | start: 0 at 1: live, Infinity ms left" ] ||
  { echo "CHANGED: an entry of time 0 expires"; exit 1; }

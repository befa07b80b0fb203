#!/usr/bin/env bash
# ioredis 6.0.0: `keyPrefix` leaves out the keys of JSON, time series and Bloom filters.
# Behaviour: with `keyPrefix: "app:"`, `GET`, `MSETEX` and even `VADD` (vector sets) are sent with the
#   prefix, wherever in the command the key stands; `JSON.SET`, `TS.ADD` and `BF.ADD`, which Redis 8
#   brings along, are sent with the bare key. Nothing is raised.
# One would guess: a prefix for keys is put before the key of every command that has one; its README
#   names only commands that take patterns, like KEYS and SCAN, as left out.
# For users: two applications that share a server by prefixes write to each other's JSON documents, and
#   `del("doc")` deletes `app:doc`, not the document. Write the prefix by hand for these.
# Seen: get app:doc | msetex 1 app:doc v | vadd app:doc VALUES 1 1 e | json.set doc $ 1 | ts.add doc 1 1 | bf.add doc x | del app:doc
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm init -y >/dev/null
npm install --silent --ignore-scripts --no-audit --no-fund ioredis@6.0.0 >/dev/null

cat > run.mjs <<'JS'
import { createServer } from "node:net"
import { Redis } from "ioredis"

// Just enough of a Redis server: it notes each command and answers it, no matter which.
const received = []
const server = createServer((socket) => {
  let text = ""
  socket.on("error", () => {})
  socket.on("data", (bytes) => {
    text += bytes
    for (;;) {
      const count = /^\*(\d+)\r\n/.exec(text)
      if (!count) return
      const parts = text.slice(count[0].length).split("\r\n")
      if (parts.length <= 2 * count[1]) return
      const command = parts.slice(0, 2 * count[1]).filter((_, i) => i % 2 === 1)
      text = parts.slice(2 * count[1]).join("\r\n")
      received.push(command.join(" "))
      const name = command[0].toLowerCase()
      if (name === "hello") socket.write("%1\r\n+server\r\n+redis\r\n")
      else if (name === "info") socket.write("$9\r\nloading:0\r\n")
      else socket.write("+OK\r\n")
    }
  })
})
await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve))
const { port } = server.address()

const redis = new Redis({ port, keyPrefix: "app:" })
await new Promise((resolve) => redis.once("ready", resolve))
await redis.ping()
received.length = 0
await redis.call("get", "doc")
await redis.call("msetex", "1", "doc", "v")
await redis.call("vadd", "doc", "VALUES", "1", "1", "e")
await redis.call("json.set", "doc", "$", "1")
await redis.call("ts.add", "doc", "1", "1")
await redis.call("bf.add", "doc", "x")
await redis.call("del", "doc")
console.log(received.join(" | "))
process.exit()
JS
seen=$(node run.mjs)
echo "$seen"
[ "$seen" = 'get app:doc | msetex 1 app:doc v | vadd app:doc VALUES 1 1 e | json.set doc $ 1 | ts.add doc 1 1 | bf.add doc x | del app:doc' ] ||
  { echo "CHANGED: keyPrefix is put before other keys"; exit 1; }

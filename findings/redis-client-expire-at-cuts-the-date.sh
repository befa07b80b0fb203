#!/usr/bin/env bash
# @redis/client 6.3.1: `expireAt(key, date)` cuts the Date down to its whole second.
# Behaviour: a Date at 1.999 s is sent as `EXPIREAT key 1`, up to a second before the moment asked for;
#   so do `hExpireAt` and `getEx` with EXAT. `pExpireAt` sends the milliseconds. Nothing is raised.
# One would guess: the client rounds up, or sends a Date, which has milliseconds, as milliseconds.
# For users: an expiry of `new Date(Date.now() + 500)` is in the past about every second time, and Redis
#   deletes a key at once whose expiry is in the past. Use `pExpireAt` for a Date.
# Seen: EXPIREAT key 1 | HEXPIREAT key 1 FIELDS 1 field | GETEX key EXAT 1 | PEXPIREAT key 1999
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm init -y >/dev/null
npm install --silent --ignore-scripts --no-audit --no-fund @redis/client@6.3.1 >/dev/null

cat > run.mjs <<'JS'
import { createServer } from "node:net"
import { createClient } from "@redis/client"

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
      else socket.write("+OK\r\n")
    }
  })
})
await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve))
const { port } = server.address()

const client = createClient({ socket: { host: "127.0.0.1", port } })
client.on("error", () => {})
await client.connect()
received.length = 0
const date = new Date(1_999)
await client.expireAt("key", date)
await client.hExpireAt("key", "field", date)
await client.getEx("key", { type: "EXAT", value: date })
await client.pExpireAt("key", date)
console.log(received.join(" | "))
process.exit()
JS
seen=$(node run.mjs)
echo "$seen"
[ "$seen" = "EXPIREAT key 1 | HEXPIREAT key 1 FIELDS 1 field | GETEX key EXAT 1 | PEXPIREAT key 1999" ] ||
  { echo "CHANGED: another expiry is sent for a Date"; exit 1; }

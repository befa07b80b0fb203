#!/usr/bin/env bash
# @redis/client 6.3.1: the command option `timeout` ("Timeout for the command in milliseconds" in its
#   types) ends when the command is written.
# Behaviour: it covers the wait in the client's own queue only. With a timeout of 50 ms and a server
#   that answers after 300 ms, the command succeeds after 300 ms. `commandTimeout` of ioredis 6.0.0 with
#   the same server rejects after 50 ms.
# One would guess: a command with a timeout of 50 ms is settled after about 50 ms.
# For users: a slow server is not bounded by it, and a change from one client to the other changes what
#   a timeout means. Race the promise with a timer.
# Seen: @redis/client, timeout 50: late, after 300 ms or more: true
#       ioredis, commandTimeout 50: Command timed out, after 300 ms or more: false
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm init -y >/dev/null
npm install --silent --ignore-scripts --no-audit --no-fund @redis/client@6.3.1 ioredis@6.0.0 >/dev/null

cat > run.mjs <<'JS'
import { createServer } from "node:net"
import { createClient } from "@redis/client"
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
      else if (name === "get") setTimeout(() => socket.write("+late\r\n"), 300)
      else socket.write("+OK\r\n")
    }
  })
})
await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve))
const { port } = server.address()

const report = async (label, get) => {
  const start = performance.now()
  const answer = await get().catch((error) => error.message)
  // A timer may fire a millisecond early.
  console.log(`${label}: ${answer}, after 300 ms or more: ${performance.now() - start > 295}`)
}
const first = createClient({ socket: { host: "127.0.0.1", port }, commandOptions: { timeout: 50 } })
first.on("error", () => {})
await first.connect()
await report("@redis/client, timeout 50", () => first.get("key"))
const second = new Redis({ port, commandTimeout: 50 })
await new Promise((resolve) => second.once("ready", resolve))
await report("ioredis, commandTimeout 50", () => second.get("key"))
process.exit()
JS
seen=$(node run.mjs)
echo "$seen"
[ "$seen" = "@redis/client, timeout 50: late, after 300 ms or more: true
ioredis, commandTimeout 50: Command timed out, after 300 ms or more: false" ] ||
  { echo "CHANGED: the timeouts of the two clients mean something else"; exit 1; }

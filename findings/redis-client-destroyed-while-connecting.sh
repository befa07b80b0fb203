#!/usr/bin/env bash
# @redis/client 6.3.1, ioredis 6.0.0: a client that is ended while its connection is being made.
# Behaviour: destroy() of @redis/client, called while connect() waits for the network, does not end what it waits for:
#   the connection is made afterwards and stays, of a client that says that it is not open. A later destroy() ends it.
#   disconnect() of ioredis leaves none.
# One would guess: a destroyed client has no connection, and a process whose clients are all destroyed ends.
# For users: a service that is closed while it starts leaves a connection to the server, and its process does not end.
# Seen: @redis/client: isOpen false, connections 1, after another destroy() 0 | ioredis: status end, connections 0
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

const open = new Set()
// It speaks no protocol: whether it answers makes no difference here.
const server = createServer((socket) => {
  open.add(socket)
  socket.resume().on("error", () => {}).on("close", () => open.delete(socket))
})
await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve))
const { port } = server.address()
const settled = () => new Promise((resolve) => setTimeout(resolve, 500))

const client = createClient({ socket: { host: "127.0.0.1", port } })
client.on("error", () => {})
client.connect().catch(() => {})
client.destroy()
await settled()
const first = `@redis/client: isOpen ${client.isOpen}, connections ${open.size}`
client.destroy()
await settled()
const left = open.size

const redis = new Redis(port, { lazyConnect: true })
redis.on("error", () => {})
redis.connect().catch(() => {})
redis.disconnect()
await settled()
console.log(`${first}, after another destroy() ${left} | ioredis: status ${redis.status}, connections ${open.size - left}`)
process.exit()
JS
seen="$(node run.mjs)"
echo "$seen"
[ "$seen" = "@redis/client: isOpen false, connections 1, after another destroy() 0 | ioredis: status end, connections 0" ] ||
  { echo "CHANGED: what is left of an ended client"; exit 1; }

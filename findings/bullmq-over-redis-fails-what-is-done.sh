#!/usr/bin/env bash
# BullMQ 6.7.0 with redis 6.3.1: a lost connection makes a failed job of one whose handler has succeeded.
# Behaviour: if the connection is lost under the command that records the result, BullMQ over ioredis 6.0.0 records it when
#   the connection is back. Over redis (node-redis), the error of the socket, "Socket closed unexpectedly", is none that
#   BullMQ takes for one of the connection; it is recorded as the failure of the handler, and the result is gone.
# One would guess: errors of the connection are told from those of the handler with both client libraries, since with both
#   of them the worker goes on by itself.
# For users: with attempts left the work is done twice; with the last one it is reported as failed, and "Socket closed
#   unexpectedly" looks like the handler's own error. Give BullMQ ioredis where that matters.
# Seen: ioredis: handler ran 1 time, job completed, result "done"
#       redis: handler ran 1 time, job failed, reason "Socket closed unexpectedly"
set -euo pipefail
command -v redis-server >/dev/null || { echo "SKIP: redis-server is not on the PATH"; exit 0; }
dir=$(mktemp -d)
server=
trap '[ -z "$server" ] || { kill "$server"; wait "$server" || true; }; rm -rf "$dir"' EXIT
cd "$dir"
npm init -y >/dev/null
npm install --silent --ignore-scripts --no-audit --no-fund bullmq@6.7.0 ioredis@6.0.0 redis@6.3.1 >/dev/null
port=$(node -e 'require("net").createServer().listen(0, "127.0.0.1", function () { console.log(this.address().port); this.close() })')
redis-server --port "$port" --bind 127.0.0.1 --save "" >/dev/null &
server=$!

cat > run.mjs <<'JS'
import { connect, createServer } from "node:net"
import { Queue, Worker } from "bullmq"
import { Redis } from "ioredis"
import { createClient } from "redis"

const port = Number(process.argv[2])
const direct = { host: "127.0.0.1", port }

// Between a worker and the server. It loses one connection: that which is about to carry a result.
let cut = false
const proxy = createServer((client) => {
  const server = connect(port, "127.0.0.1")
  const end = () => [client, server].forEach((socket) => socket.destroy())
  for (const socket of [client, server]) socket.on("error", () => {}).on("close", end)
  server.pipe(client)
  client.on("data", (bytes) => {
    if (!cut || !bytes.includes('"done"')) return server.write(bytes)
    cut = false
    end()
  })
})
await new Promise((resolve) => proxy.listen(0, "127.0.0.1", resolve))
const host = "127.0.0.1"
const through = proxy.address().port

const report = async (name, connection) => {
  const queue = new Queue(name, { connection: direct })
  queue.on("error", () => {}) // The server may still be starting.
  const { id } = await queue.add("job", null)
  let runs = 0
  const handler = async () => {
    runs++
    cut = true
    return "done"
  }
  const worker = new Worker(name, handler, { connection: await connection() })
  worker.on("error", () => {})
  await new Promise((resolve) => worker.on("completed", resolve).on("failed", resolve))
  const job = await queue.getJob(id)
  const state = await job.getState()
  const why = state === "failed" ? `reason "${job.failedReason}"` : `result "${job.returnvalue}"`
  console.log(`${name}: handler ran ${runs} time, job ${state}, ${why}`)
}
await report("ioredis", () => new Redis({ host, port: through, maxRetriesPerRequest: null }).on("error", () => {}))
await report("redis", () => createClient({ socket: { host, port: through } }).on("error", () => {}).connect())
process.exit()
JS
seen=$(node run.mjs "$port")
echo "$seen"
[ "$seen" = 'ioredis: handler ran 1 time, job completed, result "done"
redis: handler ran 1 time, job failed, reason "Socket closed unexpectedly"' ] ||
  { echo "CHANGED: a lost connection does something else to a finished job"; exit 1; }

#!/usr/bin/env bash
# BullMQ 6.7.0: a job that comes back to the worker that lost it loses its lock a second time, when its first run ends.
# Behaviour: a worker renews locks by the id of the job. If it blocks for longer than `lockDuration`, the job stalls and the
#   same worker may fetch it again while its first run goes on. The end of the first run, whose outcome is refused, ends the
#   renewal for the second run too. The job stalls again and fails as "job stalled more than allowable limit", though its
#   handler is running and the event loop is free. Where the first run outlasts the second one, the job completes.
# One would guess: a lock belongs to a run, which has a token of its own, so a late end of the first run changes nothing.
# For users: one pause of a process with `concurrency` over 1 can fail long jobs for good, with attempts left. Compute in
#   another thread; or take more workers of concurrency 1, each of which renews for itself.
# Seen: first run ends before the second: failed, job stalled more than allowable limit
#       first run ends after the second: completed
set -euo pipefail
command -v redis-server >/dev/null || { echo "SKIP: redis-server is not on the PATH"; exit 0; }
dir=$(mktemp -d)
server=
trap '[ -z "$server" ] || { kill "$server"; wait "$server" || true; }; rm -rf "$dir"' EXIT
cd "$dir"
npm init -y >/dev/null
npm install --silent --ignore-scripts --no-audit --no-fund bullmq@6.7.0 ioredis@6.0.0 >/dev/null
port=$(node -e 'require("net").createServer().listen(0, "127.0.0.1", function () { console.log(this.address().port); this.close() })')
redis-server --port "$port" --bind 127.0.0.1 --save "" >/dev/null &
server=$!

cat > run.mjs <<'JS'
import { Queue, Worker } from "bullmq"

const connection = { host: "127.0.0.1", port: Number(process.argv[2]) }
const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms))

const outcome = async (name, firstOutlasts) => {
  const queue = new Queue(name, { connection })
  queue.on("error", () => {}) // The server may still be starting.
  const { id } = await queue.add("job", null, { attempts: 10 })
  let runs = 0
  let secondStarts, secondEnds
  const started = new Promise((resolve) => (secondStarts = resolve))
  const ended = new Promise((resolve) => (secondEnds = resolve))
  const handler = async () => {
    if (++runs > 1) {
      secondStarts()
      // Three times as long as a lock, and nothing blocks meanwhile.
      await wait(2_400)
      return secondEnds()
    }
    await wait(50)
    const until = Date.now() + 1_000
    while (Date.now() < until); // Longer than a lock.
    await (firstOutlasts ? ended : started)
  }
  const worker = new Worker(name, handler, { connection, concurrency: 2, lockDuration: 800, stalledInterval: 200 })
  worker.on("error", () => {})
  const why = await new Promise((resolve) => {
    worker.on("completed", () => resolve(""))
    worker.on("failed", (_, error) => resolve(`, ${error.message}`))
  })
  return `${await queue.getJobState(id)}${why}`
}
console.log(`first run ends before the second: ${await outcome("before", false)}`)
console.log(`first run ends after the second: ${await outcome("after", true)}`)
process.exit()
JS
seen=$(node run.mjs "$port")
echo "$seen"
[ "$seen" = "first run ends before the second: failed, job stalled more than allowable limit
first run ends after the second: completed" ] ||
  { echo "CHANGED: the end of a run does something else to the next one"; exit 1; }

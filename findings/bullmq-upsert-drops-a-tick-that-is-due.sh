#!/usr/bin/env bash
# BullMQ 6.7.0: `upsertJobScheduler` with an unchanged cron pattern drops the tick that is due and has not run.
# Behaviour: a tick that comes due while no worker is there runs late, when the next worker starts. If the same call of
#   `upsertJobScheduler` is made again before that, the late tick is replaced by the next one in the future, and nothing is
#   raised. With `every` in place of `pattern`, the late tick stays and runs.
# One would guess: an upsert that changes nothing does nothing; and a pattern and an interval are alike in this.
# For users: applications make this call whenever they start. A nightly job that came due while they were down for a deploy
#   then does not run that night, though it waits in Redis. Compare with `getJobScheduler` first, and call only to change.
# Seen: pattern: the late tick ran
#       pattern, upserted again: the late tick was dropped
#       every, upserted again: the late tick ran
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
const queue = new Queue("queue", { connection })
queue.on("error", () => {}) // The server may still be starting.

const soon = Date.now() + 1_500
const schedules = [
  { name: "pattern", repeat: { pattern: "*/2 * * * * *" }, again: false },
  { name: "pattern, upserted again", repeat: { pattern: "*/2 * * * * *" }, again: true },
  { name: "every, upserted again", repeat: { every: 2_000, startDate: soon }, again: true },
]
for (const schedule of schedules) {
  schedule.late = (await queue.upsertJobScheduler(schedule.name, schedule.repeat)).id
}
// No worker is there while they come due.
const due = Math.max(...(await queue.getDelayed()).map((job) => job.timestamp + job.delay))
await new Promise((resolve) => setTimeout(resolve, due - Date.now() + 100))
for (const { name, repeat, again } of schedules) if (again) await queue.upsertJobScheduler(name, repeat)

const first = new Map()
await new Promise((resolve) => {
  new Worker(
    "queue",
    async (job) => {
      if (!first.has(job.repeatJobKey)) first.set(job.repeatJobKey, job.id)
      if (first.size === schedules.length) resolve()
    },
    { connection },
  )
})
for (const { name, late } of schedules) {
  console.log(`${name}: the late tick ${first.get(name) === late ? "ran" : "was dropped"}`)
}
process.exit()
JS
seen=$(node run.mjs "$port")
echo "$seen"
[ "$seen" = "pattern: the late tick ran
pattern, upserted again: the late tick was dropped
every, upserted again: the late tick ran" ] ||
  { echo "CHANGED: other ticks are dropped"; exit 1; }

#!/usr/bin/env bash
# BullMQ 6.7.0: `retryJobs` and `promoteJobs` of a queue put every job before all jobs with a priority.
# Behaviour: `job.retry()` and `job.promote()` put a job of the lowest priority behind the others. `queue.retryJobs()` and
#   `queue.promoteJobs()`, which do it for all failed or delayed jobs, put it among those without a priority, which run
#   first. `job.priority` still says what it was.
# One would guess: the call for all jobs is the call for one job, for each of them.
# For users: who retries 50,000 failed newsletters after an outage lets the password mails of priority 1 wait for all of
#   them. Call `retry()` of each job where jobs have priorities.
# Seen: job.retry(): urgent 1, newsletter 2000
#       queue.retryJobs(): newsletter 2000, urgent 1
#       job.promote(): urgent 1, newsletter 2000
#       queue.promoteJobs(): newsletter 2000, urgent 1
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
let queues = 0

/** The order in which jobs run after one of them was failed or delayed, and was then moved. */
const order = async (delay, move) => {
  const name = `queue-${++queues}`
  const queue = new Queue(name, { connection })
  queue.on("error", () => {}) // The server may still be starting.
  const job = await queue.add("newsletter", null, { priority: 2_000, delay })
  if (delay === 0) {
    const failing = new Worker(name, () => Promise.reject(new Error("outage")), { connection })
    await new Promise((resolve) => failing.on("failed", resolve))
    await failing.close()
  }
  await queue.add("urgent", null, { priority: 1 })
  await move(queue, await queue.getJob(job.id))
  const ran = []
  await new Promise((resolve) => {
    new Worker(name, async (job) => ran.push(`${job.name} ${job.priority}`) === 2 && resolve(), { connection })
  })
  return ran.join(", ")
}
console.log(`job.retry(): ${await order(0, (_, job) => job.retry())}`)
console.log(`queue.retryJobs(): ${await order(0, (queue) => queue.retryJobs())}`)
console.log(`job.promote(): ${await order(3_600_000, (_, job) => job.promote())}`)
console.log(`queue.promoteJobs(): ${await order(3_600_000, (queue) => queue.promoteJobs())}`)
process.exit()
JS
seen=$(node run.mjs "$port")
echo "$seen"
[ "$seen" = "job.retry(): urgent 1, newsletter 2000
queue.retryJobs(): newsletter 2000, urgent 1
job.promote(): urgent 1, newsletter 2000
queue.promoteJobs(): newsletter 2000, urgent 1" ] ||
  { echo "CHANGED: jobs run in another order after all were moved"; exit 1; }

#!/usr/bin/env bash
# BullMQ 6.7.0: of delayed jobs that are due in the same millisecond, only the first 4,095 are sure to run in order.
# Behaviour: 10,000 jobs with ids of BullMQ's own are added one after another, all due at one instant. One worker runs 1 to
#   4095, then 10000, and after it 4096 to 9999. From the 4,096th on they have one score in Redis, which then orders them by
#   their ids as text. Without a delay they run in the order in which they were added.
# One would guess: a queue that is first in, first out is so for jobs of one instant too, or else for none of them: a test
#   with 4,000 jobs sees them in order.
# For users: a mailing for 09:00 is out of order where the number of digits of the ids changes, and with random ids of one's
#   own everywhere after the first 4,095. Give ids of equal length that sort by time, or spread jobs over milliseconds.
# Seen: 4094 4095 10000 4096 4097
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

// Due at one instant, which is a moment ago when the worker starts.
const opts = { timestamp: Date.now() - 60_000, delay: 60_000 }
for (let page = 0; page < 10; page++) {
  await queue.addBulk(Array.from({ length: 1_000 }, (_, i) => ({ name: "job", data: page * 1_000 + i + 1, opts })))
}

const ran = []
await new Promise((resolve) => {
  new Worker("queue", async (job) => ran.push(job.data) === 4_098 && resolve(), { connection })
})
console.log(ran.slice(4_093, 4_098).join(" "))
process.exit(ran.slice(0, 4_095).every((number, i) => number === i + 1) ? 0 : 1)
JS
seen=$(node run.mjs "$port") || seen="$seen, and others before them are out of order"
echo "$seen"
[ "$seen" = "4094 4095 10000 4096 4097" ] ||
  { echo "CHANGED: jobs of one instant run in another order"; exit 1; }

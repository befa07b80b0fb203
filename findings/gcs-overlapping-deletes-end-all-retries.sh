#!/usr/bin/env bash
# @google-cloud/storage 7.22.0: two deletes that overlap switch off the retries of the whole Storage object, for good.
# Behaviour: a read that meets one 503 is sent again and succeeds, also after a delete. After
#   `Promise.all([bucket.file("a").delete(), bucket.file("b").delete()])` the same read rejects with the 503, and so does
#   every later call of that Storage object. A delete without a generation switches retries off in options that all calls
#   share, and puts back what it found when its File object was made: for the second one that is off.
# One would guess: that a delete is not sent again concerns that delete.
# For users: a program that once cleaned up several files side by side has no retries until it starts anew, and nothing
#   says so. Give each delete `ifGenerationMatch`, or set `retryOptions.idempotencyStrategy` to RetryAlways.
# Seen: read after 2 | read after 2 | 503 after 1
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm init -y >/dev/null
npm install --silent --ignore-scripts --no-audit --no-fund @google-cloud/storage@7.22.0 >/dev/null

cat > run.mjs <<'JS'
import { createServer } from "node:http"
import { Storage } from "@google-cloud/storage"

// Just enough of the server: it deletes and describes, after as many 503s as are asked for.
let failures = 0
let requests = 0
const server = createServer((request, response) => {
  requests++
  const status = failures-- > 0 ? 503 : request.method === "DELETE" ? 204 : 200
  response.writeHead(status, { "content-type": "application/json" })
  response.end(status === 200 ? JSON.stringify({ name: "c", bucket: "files", generation: "1", size: "0" }) : "")
})
await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve))
const storage = new Storage({ apiEndpoint: `http://127.0.0.1:${server.address().port}`, projectId: "shop" })
const bucket = storage.bucket("files")

async function read() {
  failures = 1
  requests = 0
  const file = bucket.file("c")
  const outcome = await file.getMetadata().then(() => "read", (error) => error.code)
  return `${outcome} after ${requests}`
}

const seen = [await read()]
await bucket.file("a").delete()
seen.push(await read())
await Promise.all(["a", "b"].map((name) => bucket.file(name).delete()))
seen.push(await read())
console.log(seen.join(" | "))
process.exit()
JS
seen=$(node run.mjs)
echo "$seen"
[ "$seen" = "read after 2 | read after 2 | 503 after 1" ] ||
  { echo "CHANGED: calls after overlapping deletes are retried otherwise"; exit 1; }

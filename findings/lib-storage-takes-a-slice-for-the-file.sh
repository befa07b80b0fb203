#!/usr/bin/env bash
# @aws-sdk/lib-storage 3.1175.0: `Upload` knows a slice of a file by both its ends alone.
# Behaviour: of a file of 24 MiB, `createReadStream(path, { start, end })` is uploaded in parts of 5 MiB. With `end` alone
#   the Upload takes the size of the file for that of the slice, sends all of it, then rejects and drops what it sent. With
#   `start` alone it takes the size to be infinite, and sends one request of 18 MiB: parts are never full, so the slice
#   is held in memory, however large it is.
# One would guess: a stream is sent as it comes, in parts of `partSize`, whatever it reads from.
# For users: going on with an upload from an offset needs as much memory as is left of the file, and the first half of a
#   file cannot be uploaded. Give both ends, or pass the stream through a PassThrough.
# Seen: both: stored, largest 5 MiB | end: Expected 5 part(s) but uploaded 2 part(s)., largest 5 MiB | start: stored, largest 18 MiB
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm init -y >/dev/null
npm install --silent --ignore-scripts --no-audit --no-fund \
  @aws-sdk/client-s3@3.1175.0 @aws-sdk/lib-storage@3.1175.0 >/dev/null

cat > run.mjs <<'JS'
import { createReadStream, writeFileSync } from "node:fs"
import { createServer } from "node:http"
import { S3Client } from "@aws-sdk/client-s3"
import { Upload } from "@aws-sdk/lib-storage"

const MIB = 1024 * 1024
writeFileSync("file.bin", Buffer.alloc(24 * MIB))

// Just enough of the server: it takes an upload in parts, and an object at once, and notes the largest body.
let largest = 0
const server = createServer(async (request, response) => {
  let size = 0
  for await (const chunk of request) size += chunk.length
  largest = Math.max(largest, size)
  const answer = request.url.includes("uploads")
    ? "<InitiateMultipartUploadResult><UploadId>1</UploadId></InitiateMultipartUploadResult>"
    : '<CompleteMultipartUploadResult><ETag>"1"</ETag></CompleteMultipartUploadResult>'
  response.writeHead(200, { etag: '"1"' }).end(request.method === "POST" ? answer : "")
})
await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve))
const client = new S3Client({
  endpoint: `http://127.0.0.1:${server.address().port}`,
  forcePathStyle: true,
  region: "us-east-1",
  credentials: { accessKeyId: "id", secretAccessKey: "key" },
})

async function upload(slice) {
  largest = 0
  const params = { Bucket: "files", Key: "slice", Body: createReadStream("file.bin", slice) }
  const done = new Upload({ client, params }).done()
  const outcome = await done.then(() => "stored", (error) => error.message.split("\n")[0])
  return `${outcome}, largest ${largest / MIB} MiB`
}

const both = await upload({ start: 6 * MIB, end: 24 * MIB - 1 })
const end = await upload({ end: 6 * MIB - 1 })
const start = await upload({ start: 6 * MIB })
console.log(`both: ${both} | end: ${end} | start: ${start}`)
process.exit()
JS
seen=$(node --no-warnings run.mjs)
echo "$seen"
wanted="both: stored, largest 5 MiB | end: Expected 5 part(s) but uploaded 2 part(s)., largest 5 MiB | start: stored, largest 18 MiB"
[ "$seen" = "$wanted" ] || { echo "CHANGED: slices of a file are uploaded otherwise"; exit 1; }

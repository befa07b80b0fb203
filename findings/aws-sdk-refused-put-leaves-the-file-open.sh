#!/usr/bin/env bash
# @aws-sdk/client-s3 3.1175.0: a PutObject that is refused leaves the file that it was reading open.
# Behaviour: the server answers 403 before it has read all of the body, as S3 does where one may not write. The command
#   rejects with AccessDenied, and the `fs.createReadStream` that was its body is neither read to its end nor destroyed: its
#   file stays open until the process ends. `pipeline` of Node destroys its source when its destination fails.
# One would guess: whoever takes a stream, and gives up, closes it.
# For users: every refused upload costs a file descriptor, and after about a thousand nothing can be opened any more. Destroy
#   the stream in a `finally`.
# Seen: AccessDenied AccessDenied AccessDenied, 3 open
set -euo pipefail
[ -d /proc/self/fd ] || { echo "SKIP: this platform has no /proc/self/fd"; exit 0; }
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm init -y >/dev/null
npm install --silent --ignore-scripts --no-audit --no-fund @aws-sdk/client-s3@3.1175.0 >/dev/null

cat > run.mjs <<'JS'
import { createReadStream, readdirSync, readlinkSync, writeFileSync } from "node:fs"
import { createServer } from "node:http"
import { setTimeout as wait } from "node:timers/promises"
import { PutObjectCommand, S3Client } from "@aws-sdk/client-s3"

const size = 20 * 1024 * 1024
writeFileSync("file.bin", Buffer.alloc(size))

const refuse = (_, response) => {
  response.writeHead(403, { connection: "close" }).end("<Error><Code>AccessDenied</Code></Error>")
}
const server = createServer(refuse)
server.on("checkContinue", (request, response) => {
  response.writeContinue()
  refuse(request, response)
})
await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve))
const client = new S3Client({
  endpoint: `http://127.0.0.1:${server.address().port}`,
  forcePathStyle: true,
  region: "us-east-1",
  credentials: { accessKeyId: "id", secretAccessKey: "key" },
})

const outcomes = []
for (let count = 0; count < 3; count++) {
  const params = { Bucket: "files", Key: "file", Body: createReadStream("file.bin"), ContentLength: size }
  outcomes.push(await client.send(new PutObjectCommand(params)).then(() => "stored", (error) => error.name))
}
await wait(1_000)

const isFile = (descriptor) => {
  try {
    return readlinkSync(`/proc/self/fd/${descriptor}`).endsWith("/file.bin")
  } catch {
    return false
  }
}
console.log(`${outcomes.join(" ")}, ${readdirSync("/proc/self/fd").filter(isFile).length} open`)
process.exit()
JS
seen=$(node --no-warnings run.mjs)
echo "$seen"
[ "$seen" = "AccessDenied AccessDenied AccessDenied, 3 open" ] ||
  { echo "CHANGED: a refused put closes its body, or fails otherwise"; exit 1; }

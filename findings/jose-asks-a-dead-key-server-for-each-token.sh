#!/usr/bin/env bash
# jose 6.2.18: while a key set cannot be read, createRemoteJWKSet asks its server again for each token.
# Behaviour: with the default options 20 tokens that are checked while the server answers 503 are 20 requests, one after
#   the other; `cooldownDuration` (30 s) bounds only reloads for unknown keys after a reload that worked. Keys that are
#   older than `cacheMaxAge` are not used any more, though the server is only away: each of the 20 tokens is refused.
# One would guess: a failed reload starts the cooldown too, and the last keys stand in for it while it lasts.
# For users: an identity provider that is away is asked once for each request of the application, which then waits for
#   it, and ten minutes after the last reload nobody can log in. Keep the last keys, and the time of the last attempt.
# Seen: up: 1 request, 0 refused | away: 20 requests, 20 refused
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm init -y >/dev/null
npm install --silent --ignore-scripts --no-audit --no-fund jose@6.2.18 >/dev/null

cat > run.mjs <<'JS'
import { once } from "node:events"
import { createServer } from "node:http"
import { mock } from "node:test"
import { createRemoteJWKSet, exportJWK, generateKeyPair, jwtVerify, SignJWT } from "jose"

const { privateKey, publicKey } = await generateKeyPair("ES256")
const keySet = JSON.stringify({ keys: [{ ...(await exportJWK(publicKey)), kid: "a", alg: "ES256" }] })
let status = 200
let requests = 0
const server = createServer((_request, response) => {
  requests++
  response.writeHead(status, { "content-type": "application/json" }).end(keySet)
}).listen(0)
await once(server, "listening")

const keys = createRemoteJWKSet(new URL(`http://127.0.0.1:${server.address().port}/`))
const token = await new SignJWT({}).setProtectedHeader({ alg: "ES256", kid: "a" }).setExpirationTime("1h").sign(privateKey)

async function check(times) {
  requests = 0
  let refused = 0
  for (let time = 0; time < times; time++) await jwtVerify(token, keys).catch(() => refused++)
  return `${requests} request${requests === 1 ? "" : "s"}, ${refused} refused`
}

const up = await check(20)
mock.timers.enable({ apis: ["Date"], now: Date.now() + 11 * 60_000 })
status = 503
const away = await check(20)
console.log(`up: ${up} | away: ${away}`)
server.close()
JS
seen="$(node run.mjs)"
echo "$seen"
[ "$seen" = "up: 1 request, 0 refused | away: 20 requests, 20 refused" ] ||
  { echo "CHANGED: another number of requests, or of refused tokens"; exit 1; }

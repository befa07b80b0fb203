#!/usr/bin/env bash
# @elastic/elasticsearch 9.4.3 and 8.19.2 behind a proxy that answers all requests with a redirect (302), as one that sends http
#   on to https, or to a page to log in at.
# Behaviour: the client follows no redirect and takes it for success: index, bulk and search resolve with an empty text, exists
#   with true. That the answer lacks the header by which it tells Elasticsearch is not noticed either.
# One would guess: a redirect is followed or is an error, as in other clients; a write that resolves was done.
# For users: after a change of the proxy every write is lost and every search is empty, with no error anywhere. Look at the
#   answer, not at whether it came: `result` of a write, `hits` of a search.
# Seen: 9.4.3: index "", bulk "", search "", exists true | 8.19.2: index "", bulk "", search "", exists true
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm init -y >/dev/null
npm install --silent --ignore-scripts --no-audit --no-fund \
  client-9@npm:@elastic/elasticsearch@9.4.3 client-8@npm:@elastic/elasticsearch@8.19.2 >/dev/null

cat > try.mjs <<'JS'
import { once } from "node:events"
import { createServer } from "node:http"

const proxy = createServer((request, response) => {
  request.resume()
  response.writeHead(302, { location: "https://search.example/" }).end()
}).listen(0, "127.0.0.1")
await once(proxy, "listening")

async function tried(name) {
  const { Client } = await import(name)
  const client = new Client({ node: `http://127.0.0.1:${proxy.address().port}`, maxRetries: 0 })
  const calls = {
    index: () => client.index({ index: "pages", id: "1", document: { title: "first" } }),
    bulk: () => client.bulk({ operations: [{ index: { _index: "pages", _id: "1" } }, { title: "first" }] }),
    search: () => client.search({ index: "pages" }),
    exists: () => client.exists({ index: "pages", id: "1" }),
  }
  const seen = []
  for (const [method, call] of Object.entries(calls)) {
    seen.push(`${method} ${await call().then(JSON.stringify, (error) => error.name)}`)
  }
  await client.close()
  return seen.join(", ")
}

console.log(`9.4.3: ${await tried("client-9")} | 8.19.2: ${await tried("client-8")}`)
proxy.close()
JS
seen=$(node try.mjs)
echo "$seen"
[ "$seen" = '9.4.3: index "", bulk "", search "", exists true | 8.19.2: index "", bulk "", search "", exists true' ] ||
  { echo "CHANGED: a redirect is answered in another way"; exit 1; }

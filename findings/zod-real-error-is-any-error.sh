#!/usr/bin/env bash
# zod 4.6.7: every Error is an `instanceof` the exported class `z.ZodRealError`.
# Behaviour: `new TypeError("x") instanceof z.ZodRealError` is true, as for any other Error, although
#   zod did not make it and it has no `issues`. `z.ZodError` tells them apart; but it is not the class of
#   what zod/mini throws, for which `mini.core.$ZodError` is right and `mini.core.$ZodRealError` again
#   accepts any Error.
# One would guess: `instanceof` on a class of a library is true for that library's errors alone.
# For users: `catch (error) { if (error instanceof z.ZodRealError) ... error.issues.map(...) }` takes
#   every other failure for a failed validation. Ask for `z.ZodError`, or `z.core.$ZodError` for both.
# Seen: TypeError: ZodRealError true, ZodError false, core.$ZodRealError true, core.$ZodError false
#       of zod: ZodRealError true, ZodError true, core.$ZodRealError true, core.$ZodError true
#       of zod/mini: ZodRealError true, ZodError false, core.$ZodRealError true, core.$ZodError true
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm init -y >/dev/null
npm install --silent --ignore-scripts --no-audit --no-fund zod@4.6.7 >/dev/null

cat > run.mjs <<'JS'
import * as z from "zod"
import * as mini from "zod/mini"

const thrown = (schema) => {
  try {
    schema.parse(1)
  } catch (error) {
    return error
  }
}
const classes = {
  ZodRealError: z.ZodRealError,
  ZodError: z.ZodError,
  "core.$ZodRealError": z.core.$ZodRealError,
  "core.$ZodError": z.core.$ZodError,
}
const errors = { TypeError: new TypeError("x"), "of zod": thrown(z.string()), "of zod/mini": thrown(mini.string()) }
for (const [from, error] of Object.entries(errors)) {
  const answers = Object.entries(classes).map(([name, type]) => `${name} ${error instanceof type}`)
  console.log(`${from}: ${answers.join(", ")}`)
}
JS
seen=$(node run.mjs)
echo "$seen"
[ "$seen" = 'TypeError: ZodRealError true, ZodError false, core.$ZodRealError true, core.$ZodError false
of zod: ZodRealError true, ZodError true, core.$ZodRealError true, core.$ZodError true
of zod/mini: ZodRealError true, ZodError false, core.$ZodRealError true, core.$ZodError true' ] ||
  { echo "CHANGED: instanceof of zod's error classes answers differently"; exit 1; }

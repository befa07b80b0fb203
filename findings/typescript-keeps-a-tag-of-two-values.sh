#!/usr/bin/env bash
# TypeScript 6.0.3, --strict: a union whose members are told apart by a tag, where the tag of one member is one of two texts.
# Behaviour: comparisons, one after the other or joined by ||, do not take that member away, though both texts were ruled
#   out; what is left still has it. A switch with both cases does, and so does `in`.
# One would guess: ruling out every value of the tag rules out the member, whichever way it is written.
# For users: a type error far from its cause, "does not exist on type", or a cast that hides it. Give each value a member of
#   its own, which costs a line, or use switch.
# Seen: comparisons: 1 error, joined comparisons: 1 error, switch: 0 errors, in: 0 errors, members of their own: 0 errors
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm init -y >/dev/null
npm install --silent --ignore-scripts --no-audit --no-fund typescript@6.0.3 >/dev/null

cat > types.ts <<'TS'
export type Shared = { kind: "and" | "or"; nodes: Shared[] } | { kind: "leaf"; field: string }
export type Own = { kind: "and"; nodes: Own[] } | { kind: "or"; nodes: Own[] } | { kind: "leaf"; field: string }
TS
# program NAME TYPE BODY
program() { printf 'import type { %s as Filter } from "./types.ts"\nexport function shown(filter: Filter): string {\n%s\n  return filter.field\n}\n' "$2" "$3" > "$1.ts"; }
program comparisons Shared '  if (filter.kind === "and") return "and"
  if (filter.kind === "or") return "or"'
program joined Shared '  if (filter.kind === "and" || filter.kind === "or") return "list"'
program switch Shared '  switch (filter.kind) {
    case "and":
    case "or":
      return "list"
  }'
program in Shared '  if ("nodes" in filter) return "list"'
program own Own '  if (filter.kind === "and") return "and"
  if (filter.kind === "or") return "or"'

errors() {
  local count
  count=$(npx tsc --strict --noEmit --ignoreConfig --allowImportingTsExtensions --module esnext --moduleResolution bundler "$1.ts" | grep -c "error TS" || true)
  [ "$count" = 1 ] && echo "1 error" || echo "$count errors"
}
seen="comparisons: $(errors comparisons), joined comparisons: $(errors joined), switch: $(errors switch), in: $(errors in), members of their own: $(errors own)"
echo "$seen"
[ "$seen" = "comparisons: 1 error, joined comparisons: 1 error, switch: 0 errors, in: 0 errors, members of their own: 0 errors" ] ||
  { echo "CHANGED: tags are narrowed in another way"; exit 1; }

#!/usr/bin/env bash
# ts-pattern 5.9.0: a Date as a pattern matches every Date, and a URL every URL.
# Behaviour: a pattern that is an object is compared by its own keys. A Date and a URL have none, so
#   `.with(new Date(0), ...)` takes any Date, alone or as a member. tsc in strict mode accepts it.
# One would guess: a value as a pattern matches equal values, as a string, a number or a tuple does; or
#   the types refuse it, as they do for a Set and a Map.
# For users: a branch for one date takes all of them, and the branches after it are dead. Use
#   `P.when((date) => date.getTime() === 0)`.
# Seen: date: same | date in an object: same | url: same | number: other | tsc: accepts a Date, refuses a Set
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm init -y >/dev/null
npm install --silent --ignore-scripts --no-audit --no-fund ts-pattern@5.9.0 typescript@6.0.3 >/dev/null

cat > run.mjs <<'JS'
import { match } from "ts-pattern"

const matched = (value, pattern) => match(value).with(pattern, () => "same").otherwise(() => "other")
const seen = {
  date: matched(new Date(5), new Date(0)),
  "date in an object": matched({ at: new Date(5) }, { at: new Date(0) }),
  url: matched(new URL("http://a.test/"), new URL("http://b.test/")),
  number: matched(5, 0),
}
console.log(Object.entries(seen).map(([name, answer]) => `${name}: ${answer}`).join(" | "))
JS
echo 'import { match } from "ts-pattern"
match(new Date(5) as Date).with(new Date(0), () => 1).otherwise(() => 2)' > date.mts
echo 'import { match } from "ts-pattern"
match(new Set([5])).with(new Set([0]), () => 1).otherwise(() => 2)' > set.mts
accepts() { npx tsc --noEmit --strict --module nodenext --target es2023 "$1" >/dev/null && echo accepts || echo refuses; }

seen="$(node run.mjs) | tsc: $(accepts date.mts) a Date, $(accepts set.mts) a Set"
echo "$seen"
[ "$seen" = "date: same | date in an object: same | url: same | number: other | tsc: accepts a Date, refuses a Set" ] ||
  { echo "CHANGED: objects as patterns are compared in another way"; exit 1; }

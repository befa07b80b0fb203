#!/usr/bin/env bash
# esbuild 0.28.2 with zod 4.6.7: the form of the import makes the bundle six times as big.
# Behaviour: for `import { z } from "zod"`, a usual form, esbuild keeps all of zod, every
#   language of its messages included. For `import * as z from "zod"` it drops what is not used.
#   rolldown 1.3.3 makes the same of both.
# One would guess: two ways to write one name, from a package that lists its `sideEffects`, weigh the same.
# For users: whoever builds with esbuild (or tsup, which uses it) writes `import * as z`.
# Seen (bytes, minified): esbuild { z }: 453897, * as z: 75448 | rolldown { z }: 69810, * as z: 69810
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm init -y >/dev/null
npm install --silent --ignore-scripts --no-audit --no-fund zod@4.6.7 esbuild@0.28.2 rolldown@1.3.3 >/dev/null

echo 'import { z } from "zod"; console.log(z.string().parse("a"))' > named.mjs
echo 'import * as z from "zod"; console.log(z.string().parse("a"))' > star.mjs
for form in named star; do
  npx esbuild $form.mjs --bundle --minify --format=esm --platform=node --outfile=esbuild-$form.mjs --log-level=error
  npx rolldown $form.mjs --minify --format esm --platform node --file rolldown-$form.mjs >/dev/null
  for tool in esbuild rolldown; do [ "$(node $tool-$form.mjs)" = a ] || { echo "CHANGED: $tool-$form does not run"; exit 1; }; done
done
size() { wc -c < "$1" | tr -d ' '; }
es_named=$(size esbuild-named.mjs) es_star=$(size esbuild-star.mjs)
ro_named=$(size rolldown-named.mjs) ro_star=$(size rolldown-star.mjs)
echo "esbuild { z }: $es_named, * as z: $es_star | rolldown { z }: $ro_named, * as z: $ro_star"
[ "$es_named" -gt $((es_star * 4)) ] && [ "$ro_named" -lt $((ro_star * 11 / 10)) ] ||
  { echo "CHANGED: the two forms no longer differ in esbuild alone"; exit 1; }

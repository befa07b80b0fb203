#!/usr/bin/env bash
# webpack 5.113.0, rspack 2.3.4, esbuild 0.28.2: two ways to try an optional package, one fails the build.
# Behaviour: the package is not installed. `try { await import("x") } catch {}` builds in all three.
#   `import("x").catch(() => null)` builds in esbuild, but is an error in webpack and rspack, which
#   look only for a `try` block around the call. A block that can catch nothing will do for them:
#   `try { return import("x").catch(() => null) } catch {}` builds, although a `return` without
#   `await` leaves the block before the promise is rejected.
# One would guess: both forms say "may be missing", and tools that allow one allow the other.
# For users: a library with optional peers writes the `try` block, or its users' builds fail.
# Seen: await in try: webpack builds, rspack builds, esbuild builds
#       .catch: webpack fails, rspack fails, esbuild builds
#       .catch in an idle try: webpack builds, rspack builds, esbuild builds
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm init -y >/dev/null
npm install --silent --ignore-scripts --no-audit --no-fund webpack@5.113.0 @rspack/core@2.3.4 esbuild@0.28.2 >/dev/null

cat > run.mjs <<'JS'
import { writeFileSync } from "node:fs"
import { rspack } from "@rspack/core"
import esbuild from "esbuild"
import webpack from "webpack"

const forms = {
  "await in try": `export async function load() { try { return await import("an-optional-peer") } catch { return null } }`,
  ".catch": `export function load() { return import("an-optional-peer").catch(() => null) }`,
  ".catch in an idle try": `export function load() { try { return import("an-optional-peer").catch(() => null) } catch { return null } }`,
}
const packed = (tool, entry) =>
  new Promise((resolve) => {
    const options = { mode: "production", target: "node20", entry, output: { path: `${process.cwd()}/out` } }
    tool(options, (error, stats) => resolve(error || stats.hasErrors() ? "fails" : "builds"))
  })
for (const [form, code] of Object.entries(forms)) {
  const entry = `${process.cwd()}/entry.mjs`
  writeFileSync(entry, `${code}\nconsole.log(await load())\n`)
  const withEsbuild = await esbuild
    .build({ entryPoints: [entry], bundle: true, write: false, format: "esm", platform: "node", logLevel: "silent" })
    .then(() => "builds", () => "fails")
  console.log(`${form}: webpack ${await packed(webpack, entry)}, rspack ${await packed(rspack, entry)}, esbuild ${withEsbuild}`)
}
JS
seen=$(node run.mjs)
echo "$seen"
[ "$seen" = "await in try: webpack builds, rspack builds, esbuild builds
.catch: webpack fails, rspack fails, esbuild builds
.catch in an idle try: webpack builds, rspack builds, esbuild builds" ] ||
  { echo "CHANGED: the bundlers treat a missing optional package in another way"; exit 1; }

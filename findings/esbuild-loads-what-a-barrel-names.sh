#!/usr/bin/env bash
# esbuild 0.28.2, with code splitting: a module that a package re-exports and also imports dynamically is
#   loaded at start, although the program uses no such export. rolldown 1.3.3 and webpack 5.113.0 keep it lazy.
# Behaviour: the package says `sideEffects: false`, its index re-exports `create` and `big`, and `create`
#   imports the module of `big` with import(). In a program that imports `create` alone, the entry imports
#   the chunk of `big` statically. Without the re-export it does not.
# One would guess: a re-export that nobody uses costs nothing in a package without side effects.
# For users: what is named in the index of a package is no longer lazy; import from a path of its own where
#   start-up counts.
# Seen: esbuild: at start true, without the re-export false
#       rolldown: at start false, without the re-export false
#       webpack: at start false, without the re-export false
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm init -y >/dev/null
npm pkg set type=module >/dev/null
npm install --silent --no-audit --no-fund esbuild@0.28.2 rolldown@1.3.3 webpack@5.113.0 >/dev/null

mkdir -p node_modules/parts
cat > node_modules/parts/package.json <<'JSON'
{ "name": "parts", "type": "module", "sideEffects": false, "exports": { ".": "./index.js", "./small": "./small.js" } }
JSON
printf 'export { create } from "./create.js"\nexport { big } from "./big.js"\n' > node_modules/parts/index.js
printf 'export { create } from "./create.js"\n' > node_modules/parts/small.js
printf 'export const create = async (name) => (name === "big" ? (await import("./big.js")).big : 1)\n' > node_modules/parts/create.js
printf 'export const big = () => "a large module"\n' > node_modules/parts/big.js
printf 'import { create } from "parts"\nconsole.log(await create("other"))\n' > whole.js
printf 'import { create } from "parts/small"\nconsole.log(await create("other"))\n' > small.js

cat > run.mjs <<'JS'
import { readFileSync } from "node:fs"
import { resolve } from "node:path"
import { build } from "esbuild"
import { rolldown } from "rolldown"
import webpack from "webpack"

/** Whether the text of `big` is in the entry or in a chunk that the entry imports statically. */
const loadsBig = (chunks, entry) => {
  const seen = new Set()
  const visit = (name) => {
    if (seen.has(name)) return false
    seen.add(name)
    const { code, imports } = chunks[name]
    return code.includes("a large module") || imports.some(visit)
  }
  return visit(entry)
}
const bundlers = {
  async esbuild(file) {
    const options = { bundle: true, splitting: true, format: "esm", outdir: "out", metafile: true, write: false }
    const { metafile, outputFiles } = await build({ entryPoints: [file], ...options })
    const chunks = {}
    for (const [name, { imports }] of Object.entries(metafile.outputs)) {
      const code = outputFiles.find(({ path }) => path.endsWith(name)).text
      chunks[name] = { code, imports: imports.filter(({ kind }) => kind === "import-statement").map(({ path }) => path) }
    }
    return loadsBig(chunks, `out/${file}`)
  },
  async rolldown(file) {
    const bundle = await rolldown({ input: file })
    const { output } = await bundle.generate({ format: "esm" })
    const chunks = Object.fromEntries(output.map(({ fileName, code, imports }) => [fileName, { code, imports }]))
    return loadsBig(chunks, output.find(({ isEntry }) => isEntry).fileName)
  },
  async webpack(file) {
    const output = { path: resolve("packed"), filename: file, module: true, chunkFormat: "module" }
    const options = { mode: "production", target: "node20", experiments: { outputModule: true }, output }
    await new Promise((done, fail) =>
      webpack({ entry: `./${file}`, ...options }, (error, stats) =>
        error || stats.hasErrors() ? fail(error ?? stats.toString()) : done(),
      ),
    )
    return readFileSync(`packed/${file}`, "utf8").includes("a large module")
  },
}
for (const [name, bundle] of Object.entries(bundlers)) {
  console.log(`${name}: at start ${await bundle("whole.js")}, without the re-export ${await bundle("small.js")}`)
}
JS
seen=$(node run.mjs)
echo "$seen"
[ "$seen" = "esbuild: at start true, without the re-export false
rolldown: at start false, without the re-export false
webpack: at start false, without the re-export false" ] ||
  { echo "CHANGED: a re-export that nobody uses is bundled in another way"; exit 1; }

/**
 * Bundles one program for Node.js, minified, with its chunks beside main.mjs. The SDK is bundled too, builtin modules
 * are not.
 *
 *     node bundle.mjs esbuild <program> <folder>
 */
import { dirname } from "node:path"

const [name, program, outdir] = process.argv.slice(2)

const bundlers = {
  async esbuild() {
    const { build } = await import("esbuild")
    await build({
      ...{ entryPoints: { main: program }, outdir, outExtension: { ".js": ".mjs" } },
      ...{ bundle: true, splitting: true, minify: true, platform: "node", format: "esm", logLevel: "silent" },
    })
  },
  async webpack() {
    const { default: webpack } = await import("webpack")
    await pack(webpack)
  },
  async rspack() {
    const { rspack } = await import("@rspack/core")
    await pack(rspack)
  },
  async rolldown() {
    const { rolldown } = await import("rolldown")
    const warnings = []
    const onLog = (_level, { message }) => warnings.push(message)
    const bundle = await rolldown({ input: program, cwd: dirname(program), platform: "node", onLog })
    await bundle.write({
      ...{ dir: outdir, format: "esm", minify: true },
      ...{ entryFileNames: "main.mjs", chunkFileNames: "[name]-[hash].mjs" },
    })
    if (warnings.length > 0) throw new Error(warnings.join("\n"))
  },
}

/**
 * The same for webpack and for what has its interface. They warn of an optional peer that is not there; every other
 * warning is an error.
 */
function pack(bundler) {
  const options = {
    ...{ mode: "production", target: "node20", context: dirname(program), entry: { main: program } },
    ...{ experiments: { outputModule: true } },
    output: { path: outdir, module: true, filename: "main.mjs", chunkFilename: "[name].mjs" },
  }
  return new Promise((resolve, reject) => {
    bundler(options, (error, stats) => {
      const { errors = [], warnings = [] } = stats?.toJson({ all: false, errors: true, warnings: true }) ?? {}
      const unexpected = warnings.filter(({ message }) => !message.includes("Module not found"))
      const messages = [error, ...errors, ...unexpected].flatMap((one) => one?.message ?? [])
      if (messages.length === 0) resolve()
      else reject(new Error(messages.join("\n")))
    })
  })
}

try {
  await bundlers[name]()
} catch (error) {
  process.stderr.write(`${error.message}\n`)
  process.exitCode = 1
}
// Compilers of some bundlers keep the process.
process.exit()

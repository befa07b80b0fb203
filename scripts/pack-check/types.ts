import { TYPED_CONSUMER, TYPED_OWN_SERVICE } from "./consumer.ts"
import { type Checklist, tool, writeFiles } from "./run.ts"
import { readEntryPoints } from "./tarball.ts"

/** Compiles a consumer as strictly as one can, without types of Node. */
export async function checkTypes(list: Checklist, folder: string): Promise<void> {
  const everyEntry = readEntryPoints().map((name, index) => `export * as entry${index} from "${name}"`)
  const sources = {
    "consumer.ts": TYPED_CONSUMER,
    "own-service.ts": TYPED_OWN_SERVICE,
    "entries.ts": everyEntry.join("\n"),
  }
  for (const [module, moduleResolution, type] of [
    ["nodenext", "nodenext", "module"],
    ["nodenext", "nodenext", "commonjs"],
    ["esnext", "bundler", "module"],
  ] as const) {
    const name = `types-${moduleResolution}-${type}`
    const compilerOptions = {
      ...{ target: "es2022", lib: ["es2022", "dom"], types: [], module, moduleResolution },
      ...{ strict: true, exactOptionalPropertyTypes: true, noUncheckedIndexedAccess: true, skipLibCheck: false },
      ...{ verbatimModuleSyntax: type === "module", noEmit: true },
    }
    writeFiles(folder, {
      [`${name}/package.json`]: JSON.stringify({ type }),
      [`${name}/tsconfig.json`]: JSON.stringify({ compilerOptions, include: ["*.ts"] }),
      ...Object.fromEntries(Object.entries(sources).map(([file, text]) => [`${name}/${file}`, text])),
    })
    await list.check(`a strict consumer compiles: ${moduleResolution}, ${type}`, async () => {
      await tool("typescript/bin/tsc", ["--project", `${folder}/${name}`])
    })
  }
}

import { sourcesOf } from "../entry-points/entry-points.ts"
import { listAdapter } from "./adapter.ts"
import { addItem, insertSorted } from "./edit.ts"
import { adapterNames, type ServiceNames, UsageError } from "./names.ts"
import { refuseTaken } from "./taken.ts"
import * as contract from "./templates/contract.ts"
import * as core from "./templates/core.ts"
import * as harness from "./templates/harness.ts"
import * as memory from "./templates/memory.ts"
import type { Tree } from "./tree.ts"

/** Adds a service with one example method, its memory adapter, its clauses and its subject. */
export function addService(tree: Tree, names: ServiceNames, platform: string): void {
  const { name } = names
  if (["contracts", "core", "adapters", "testing"].some((layer) => tree.exists(`${layer}/${name}`))) {
    throw new UsageError(`There is a service ${name} already.`)
  }
  if (`./${name}` in sourcesOf(tree.root)) throw new UsageError(`There is an entry point ./${name} already.`)
  const files = {
    [`contracts/${name}/${name}.ts`]: contract.contractFile(names),
    [`contracts/${name}/clauses.ts`]: contract.sentencesFile(names),
    [`contracts/${name}/arguments.ts`]: contract.argumentsFile(names),
    [`contracts/${name}/index.ts`]: contract.contractIndexFile(names),
    [`core/${name}/service.ts`]: core.rowFile(names, platform),
    [`core/${name}/portable-${name}.ts`]: core.portableFile(names),
    [`core/${name}/portable-${name}.test.ts`]: core.portableTestFile(names),
    [`core/${name}/index.ts`]: core.coreIndexFile(names),
    [`adapters/${name}/memory.ts`]: memory.memoryFile(names),
    [`adapters/${name}/memory.test.ts`]: memory.memoryTestFile(names),
    [`testing/${name}/clause.ts`]: harness.clauseFile(names),
    [`testing/${name}/clauses/put.ts`]: harness.clausesFile(names),
    [`testing/${name}/probes.ts`]: harness.probesFile(names),
    [`testing/${name}/contract.ts`]: harness.contractFile(names),
    [`subjects/${name}.ts`]: harness.subjectsFile(names),
  }
  refuseTaken(tree, name, files)
  for (const [path, text] of Object.entries(files)) tree.create(path, text)
  registerService(tree, names)
}

/** The five places that name a service. `exports` of package.json are generated of the folders. */
function registerService(tree: Tree, names: ServiceNames): void {
  const { name: key, type } = names
  tree.edit(
    "core/service-list.ts",
    insertSorted(`import { ${key}Service } from "./${key}/service.ts"`, {
      like: /^import \{ \w+ \} from "\.\/(\w+)\/service\.ts"$/gm,
      key,
    }),
    addItem("serviceList: readonly ServiceDefinition[] = [", `${key}Service`),
  )
  tree.edit(
    "contracts/services.ts",
    insertSorted(`import type { ${type} } from "./${key}/${key}.ts"`, {
      like: /^import type \{ \w+ \} from "\.\/(\w+)\/\w+\.ts"$/gm,
      key,
    }),
    insertSorted(`export * from "./${key}/index.ts"`, { like: /^export \* from "\.\/(\w+)\/index\.ts"$/gm, key }),
    insertSorted(`  ${key}: ${type}`, {
      like: /^ {2}(\w+): \w+$/gm,
      key,
      within: "export interface ServiceContracts {",
    }),
  )
  listAdapter(tree, adapterNames(names, "memory"))
  tree.edit(
    "core/index.ts",
    insertSorted(`export { type As${type}Options, as${type} } from "./${key}/portable-${key}.ts"`, {
      like: /^export \{ type As\w+Options, as\w+ \} from "\.\/(\w+)\/portable-\w+\.ts"$/gm,
      key,
    }),
  )
  tree.edit(
    "testing/contracts.ts",
    insertSorted(`import type { ${type}Capabilities, ${type}Implementation } from "../contracts/${key}/${key}.ts"`, {
      like: /^import type \{[^}]+\} from "\.\.\/contracts\/(\w+)\/\w+\.ts"$/gm,
      key,
    }),
    insertSorted(`export { ${key}Contract } from "./${key}/contract.ts"`, {
      like: /^export \{ \w+ \} from "\.\/(\w+)\/contract\.ts"$/gm,
      key,
    }),
    insertSorted(`  ${key}: { implementation: ${type}Implementation; capabilities: ${type}Capabilities }`, {
      like: /^ {2}(\w+): \{ implementation/gm,
      key,
      within: "export interface ConformanceServices {",
    }),
  )
}

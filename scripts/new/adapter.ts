import ts from "typescript"
import { insertBefore, insertSorted } from "./edit.ts"
import { type AdapterNames, UsageError } from "./names.ts"
import { refuseTaken } from "./taken.ts"
import { adapterFile, adapterSubject, adapterTestFile, type RequiredMethod } from "./templates/adapter.ts"
import type { Tree } from "./tree.ts"

/** Adds an adapter whose methods are still to be written to a service. */
export function addAdapter(tree: Tree, names: AdapterNames): void {
  const { name, service, type } = names
  const contract = `contracts/${service.name}/${service.name}.ts`
  if (!tree.exists(contract)) throw new UsageError(`There is no service ${service.name}.`)
  const subjects = `subjects/${service.name}.ts`
  const hasContract = tree.exists(subjects) && tree.exists(`testing/${service.name}/contract.ts`)
  const file = `adapters/${service.name}/${name}.ts`
  if (tree.exists(file)) throw new UsageError(`There is an adapter ${name} of ${service.name} already.`)
  const files = {
    [file]: adapterFile(names, requiredMethods(tree.read(contract), `I${service.type}Service`, contract)),
    [`adapters/${service.name}/${name}.test.ts`]: adapterTestFile(names, hasContract),
  }
  refuseTaken(tree, name, files)
  for (const [path, text] of Object.entries(files)) tree.create(path, text)
  listAdapter(tree, names)
  if (!hasContract) return
  tree.edit(
    subjects,
    insertSorted(`import { create${type} } from "../adapters/${service.name}/${name}.ts"`, {
      like: /^import \{[^}]*\} from "\.\.\/adapters\/[\w-]+\/([\w-]+)\.ts"$/gm,
      key: name,
    }),
    insertBefore("export const subjects = [", adapterSubject(names)),
  )
}

/** Adds the line of an adapter to the manifest. */
export function listAdapter(tree: Tree, { name, service, variable }: AdapterNames): void {
  const entry = `  {
    service: "${service.name}",
    name: "${name}",
    schemes: ["${name}"],
    load: async () => (await import("./${service.name}/${name}.ts")).${variable},
  },`
  tree.edit(
    "adapters/manifest.ts",
    insertSorted(entry, {
      like: /^ {2}\{\n {4}service: ("[\w-]+",\n {4}name: "[\w-]+"),/gm,
      key: `"${service.name}",\n    name: "${name}"`,
    }),
  )
}

/** The methods of an interface that are not optional. */
function requiredMethods(text: string, name: string, file: string): RequiredMethod[] {
  const { statements } = ts.createSourceFile(file, text, ts.ScriptTarget.Latest)
  const found = statements.find((statement) => ts.isInterfaceDeclaration(statement) && statement.name.text === name)
  if (found === undefined) throw new UsageError(`${file} does not look as expected: it has no interface ${name}.`)
  return (found as ts.InterfaceDeclaration).members.flatMap((member) => {
    if (!ts.isMethodSignature(member) || member.questionToken !== undefined || !ts.isIdentifier(member.name)) return []
    const { type } = member
    const isAsync = type !== undefined && ts.isTypeReferenceNode(type) && isPromise(type.typeName)
    return [{ name: member.name.text, isAsync }]
  })
}

function isPromise(name: ts.EntityName): boolean {
  return ts.isIdentifier(name) && name.text === "Promise"
}

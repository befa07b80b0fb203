import { dirname, join } from "node:path"
import ts from "typescript"
import { UsageError } from "./names.ts"
import type { Tree } from "./tree.ts"

/** What every user imports from: a name in them is taken for good. */
const INDEXES = ["contracts/index.ts", "core/index.ts"]

/**
 * Refuses a name where what is generated of it would have the names of something else: of a global, such as Map, of
 * what the package exports, or of what the generated file imports.
 */
export function refuseTaken(tree: Tree, name: string, files: Readonly<Record<string, string>>): void {
  const exported = new Set(INDEXES.flatMap((index) => exportsOf(tree, index)))
  for (const [path, text] of Object.entries(files)) {
    const source = parse(path, text)
    const imported = new Set(source.statements.filter(ts.isImportDeclaration).flatMap(importedBy))
    const taken = declaredBy(source).find((one) => one in globalThis || exported.has(one) || imported.has(one))
    if (taken !== undefined) throw new UsageError(`The name ${name} must be another one, since ${taken} is taken.`)
  }
}

/** All names that a module exports, also those of the modules that it passes on. */
function exportsOf(tree: Tree, path: string): string[] {
  const source = parse(path, tree.read(path))
  const passed = source.statements.filter(ts.isExportDeclaration).flatMap(({ exportClause, moduleSpecifier }) => {
    if (exportClause !== undefined) {
      return ts.isNamedExports(exportClause) ? exportClause.elements.map(({ name }) => name.text) : []
    }
    if (moduleSpecifier === undefined || !ts.isStringLiteral(moduleSpecifier)) return []
    return exportsOf(tree, join(dirname(path), moduleSpecifier.text))
  })
  return [...passed, ...declaredBy(source)]
}

/** The names that a file declares at its top. */
function declaredBy({ statements }: ts.SourceFile): string[] {
  return statements.flatMap((statement) => {
    if (ts.isVariableStatement(statement)) {
      return statement.declarationList.declarations.flatMap(({ name }) => (ts.isIdentifier(name) ? [name.text] : []))
    }
    const { name } = statement as { name?: ts.Node }
    return name !== undefined && ts.isIdentifier(name) ? [name.text] : []
  })
}

function importedBy({ importClause }: ts.ImportDeclaration): string[] {
  const { namedBindings } = importClause ?? {}
  if (namedBindings === undefined) return []
  return ts.isNamespaceImport(namedBindings)
    ? [namedBindings.name.text]
    : namedBindings.elements.map(({ name }) => name.text)
}

function parse(path: string, text: string): ts.SourceFile {
  return ts.createSourceFile(path, text, ts.ScriptTarget.Latest)
}

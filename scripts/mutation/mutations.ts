import ts from "typescript"

/** A source file with one thing changed. */
export interface SourceMutation {
  readonly file: string
  readonly line: number
  /** What was changed into what. */
  readonly what: string
  readonly text: string
}

const OPERATORS: Readonly<Record<string, string>> = {
  "<": "<=",
  "<=": "<",
  ">": ">=",
  ">=": ">",
  "===": "!==",
  "!==": "===",
  "&&": "||",
  "||": "&&",
  "+": "-",
  "-": "+",
  "*": "/",
}

/** Every mutation of a file: operators, conditions, literals and calls whose result nobody uses. */
export function mutationsOf(file: string, source: string): SourceMutation[] {
  const tree = ts.createSourceFile(file, source, ts.ScriptTarget.Latest, true)
  const found: SourceMutation[] = []
  const replace = (start: number, end: number, by: string) => {
    const line = tree.getLineAndCharacterOfPosition(start).line + 1
    const what = `${source.slice(start, end).split("\n")[0]} -> ${by === "" ? "nothing" : by}`
    found.push({ file, line, what, text: source.slice(0, start) + by + source.slice(end) })
  }
  const visit = (node: ts.Node): void => {
    if (ts.isTypeNode(node) || ts.isImportDeclaration(node) || ts.isInterfaceDeclaration(node)) return
    if (ts.isBinaryExpression(node)) {
      const operator = OPERATORS[node.operatorToken.getText()]
      if (operator !== undefined) replace(node.operatorToken.getStart(), node.operatorToken.getEnd(), operator)
    }
    if (ts.isPrefixUnaryExpression(node) && node.operator === ts.SyntaxKind.ExclamationToken) {
      replace(node.getStart(), node.operand.getStart(), "")
    }
    if (node.kind === ts.SyntaxKind.TrueKeyword) replace(node.getStart(), node.getEnd(), "false")
    if (node.kind === ts.SyntaxKind.FalseKeyword) replace(node.getStart(), node.getEnd(), "true")
    if (ts.isIfStatement(node)) replace(node.expression.getStart(), node.expression.getEnd(), "false")
    if (ts.isExpressionStatement(node) && callsSomething(node.expression)) replace(node.getStart(), node.getEnd(), "")
    ts.forEachChild(node, visit)
  }
  visit(tree)
  return found
}

/** A call, a count or a delete: not the call of the parent's constructor. */
function callsSomething(expression: ts.Expression): boolean {
  if (ts.isCallExpression(expression)) return expression.expression.kind !== ts.SyntaxKind.SuperKeyword
  return ts.isPostfixUnaryExpression(expression)
}

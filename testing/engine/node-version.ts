import { ServiceError } from "../../contracts/foundation/errors.ts"
import { got } from "../../contracts/foundation/text.ts"
import type { Subject } from "./subject.ts"

/**
 * Why this Node is too old for a subject, or undefined where it is new enough, or is no Node at all.
 *
 * @throws ServiceError INVALID_CONFIG when `node` of the subject is not as its type says.
 */
export function nodeTooOld(
  { name, node }: Pick<Subject<unknown, object>, "name" | "node">,
  running: string | undefined = runningNode(),
): string | undefined {
  if (node === undefined) return undefined
  const wanted = Number(/^>=(\d+)$/.exec(node)?.[1])
  if (Number.isNaN(wanted)) {
    throw new ServiceError("INVALID_CONFIG", `node of the subject ${name} must be like ">=22"; got ${got(node)}.`)
  }
  if (running === undefined || Number.parseInt(running, 10) >= wanted) return undefined
  return `needs Node ${wanted} or newer; this is Node ${running}`
}

function runningNode(): string | undefined {
  const { process } = globalThis as { process?: { versions?: { node?: string } } }
  return process?.versions?.node
}

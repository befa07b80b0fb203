import { randomBytes, timingSafeEqual } from "node:crypto"
import type { ErrorIssue } from "../../../contracts/foundation/errors.ts"
import type { Caller } from "../../foundation/http/route.ts"
import { invalidConfig } from "../../foundation/invalid-config.ts"

/** A token that never changes, and who has it. */
interface StaticToken {
  readonly token: string
  readonly caller: Caller
}

interface StaticTokens {
  readonly tokens: readonly StaticToken[]
  /** The token that was made, since none is set. It must be shown once: nothing else keeps it. */
  readonly generated?: string | undefined
}

const CALLERS = {
  API_TOKEN: { id: "api", permissions: ["*"] },
  API_READ_TOKEN: { id: "api-read", permissions: ["*.read"] },
} as const satisfies Record<string, Caller>

type Variable = keyof typeof CALLERS

const MIN_LENGTH = 16

/**
 * The tokens of the environment: `API_TOKEN` may do everything, `API_READ_TOKEN` may read. Each is one token, or
 * several with commas between them, so that clients can change from one to the next without a gap. A token for
 * everything is made where neither variable is set.
 *
 * @throws ServiceError INVALID_CONFIG, with each issue, for a token that is short, that no header can carry, or that
 * both variables have.
 * @example
 * const { tokens, generated } = tokensOf(process.env)
 * if (generated !== undefined) console.log(`API_TOKEN=${generated}`)
 * const gate = createTokenGate(staticTokens(tokens))
 */
export function tokensOf(env: Readonly<Record<string, string | undefined>>): StaticTokens {
  const all = listed(env, "API_TOKEN")
  const read = listed(env, "API_READ_TOKEN")
  const issues = [...issuesOf("API_TOKEN", all), ...issuesOf("API_READ_TOKEN", read)]
  if (read.some((token) => all.includes(token))) {
    issues.push({ path: "env.API_READ_TOKEN", message: "must have no token that API_TOKEN has too" })
  }
  if (issues.length > 0) throw invalidConfig("The tokens", issues)
  if (all.length + read.length > 0) return { tokens: [...owned("API_TOKEN", all), ...owned("API_READ_TOKEN", read)] }
  const generated = randomBytes(32).toString("base64url")
  return { tokens: owned("API_TOKEN", [generated]), generated }
}

function listed(env: Readonly<Record<string, string | undefined>>, variable: Variable): string[] {
  const value = env[variable] ?? ""
  return value === "" ? [] : value.split(",").map((token) => token.trim())
}

function owned(variable: Variable, tokens: readonly string[]): StaticToken[] {
  return tokens.map((token) => ({ token, caller: CALLERS[variable] }))
}

function issuesOf(variable: Variable, tokens: readonly string[]): ErrorIssue[] {
  const path = `env.${variable}`
  const shortest = Math.min(...tokens.map(({ length }) => length))
  const short = { path, message: `must have at least ${MIN_LENGTH} characters in each token; got ${shortest}` }
  const unfit = { path, message: "must have only visible ASCII characters in a token; got others" }
  return [
    ...(shortest < MIN_LENGTH ? [short] : []),
    ...(tokens.every((token) => /^[\x21-\x7e]*$/.test(token)) ? [] : [unfit]),
  ]
}

/**
 * Knows callers by tokens that never change. It answers at once, without a promise, and takes the same time whether a
 * token is right, wrong or nearly right: as many bytes are compared each time, with all of them.
 */
export function staticTokens(tokens: readonly StaticToken[]): (token: string) => Caller | undefined {
  const longest = Math.max(0, ...tokens.map(({ token }) => Buffer.byteLength(token)))
  const padded = (token: string, bytes = Buffer.alloc(LENGTH_BYTES + longest)) => {
    bytes.fill(0).writeUInt32LE(token.length)
    bytes.write(token, LENGTH_BYTES)
    return bytes
  }
  const known = tokens.map(({ caller, token }) => ({ caller, bytes: padded(token) }))
  const sent = padded("")
  return (token) => {
    padded(token, sent)
    let found: Caller | undefined
    for (const { bytes, caller } of known) if (timingSafeEqual(bytes, sent)) found = caller
    return found
  }
}

/** The length goes before a token, so that one whose end does not fit is none that is known. */
const LENGTH_BYTES = 4

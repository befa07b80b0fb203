import { ServiceError } from "../contracts/foundation/errors.ts"

/**
 * `CONFORMANCE_SEED`, for runs under a test runner whose command line knows no option of ours.
 *
 * @throws ServiceError INVALID_CONFIG when it is not a whole number of 0 or more.
 */
export function seedFromEnvironment(): number | undefined {
  const whole = (value: number) => Number.isSafeInteger(value) && value >= 0
  return readNumber("CONFORMANCE_SEED", "a whole number of 0 or more", whole)
}

/**
 * `CONFORMANCE_TIME_SCALE`.
 *
 * @throws ServiceError INVALID_CONFIG when it is not a number above 0.
 */
export function timeScaleFromEnvironment(): number | undefined {
  return readNumber("CONFORMANCE_TIME_SCALE", "a number above 0", (value) => Number.isFinite(value) && value > 0)
}

function readNumber(name: string, what: string, valid: (value: number) => boolean): number | undefined {
  const text = globalThis.process?.env[name]?.trim()
  if (text === undefined || text === "") return undefined
  const value = Number(text)
  if (valid(value)) return value
  throw new ServiceError("INVALID_CONFIG", `${name} must be ${what}; got ${Number.isNaN(value) ? "a string" : value}.`)
}

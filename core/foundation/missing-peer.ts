import { ServiceError } from "../../contracts/foundation/errors.ts"

/**
 * Says what an import of an optional peer failed with: INVALID_CONFIG with the install command where the package is not
 * there, else the error itself. `all` are the packages that are installed together, with their versions.
 *
 * The import stands inside a `try` of the same function. Bundlers look for that: an import elsewhere must be found when
 * they build, even in a program that never calls it.
 *
 * @example
 * try {
 *   return await import("@redis/client")
 * } catch (error) {
 *   throw missingPeer("@redis/client", error)
 * }
 */
export function missingPeer(name: string, error: unknown, all: readonly string[] = [name]): unknown {
  const code = (error as { code?: unknown }).code
  if (code !== "ERR_MODULE_NOT_FOUND" && code !== "MODULE_NOT_FOUND") return error
  const message = `The package ${name} must be installed; run npm install ${all.join(" ")}.`
  return new ServiceError("INVALID_CONFIG", message, { details: { peer: name }, cause: error })
}

import { ServiceError } from "../../contracts/foundation/errors.ts"

/**
 * Loads a package that the user installs.
 *
 * @throws ServiceError INVALID_CONFIG that names the install command when it is not there.
 */
export async function loadPeer<Module>(name: string, load: () => Promise<Module>): Promise<Module> {
  try {
    return await load()
  } catch (error) {
    const code = (error as { code?: unknown }).code
    if (code !== "ERR_MODULE_NOT_FOUND" && code !== "MODULE_NOT_FOUND") throw error
    throw new ServiceError("INVALID_CONFIG", `The package ${name} is not installed: npm install ${name}`, {
      details: { peer: name },
      cause: error,
    })
  }
}

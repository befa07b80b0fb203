import * as z from "zod/mini"
import { typeName } from "../../../contracts/foundation/text.ts"

export const DEFAULT_BASE_URL = "http://localhost/storage"

const secret = z.string().check(z.minLength(16))

/** The options of adapters whose signed URLs come back to the application. */
export const signedUrlShape = {
  /**
   * Signs URLs: at least 16 characters, the same in every process. Default: one of this instance alone, whose URLs are
   * good until it is gone.
   */
  secret: z.optional(secret),
  /** The secret before, whose URLs stay good until they expire. */
  previousSecret: z.optional(secret),
  /** Where `serveSignedUrls` answers. Default `http://localhost/storage`. */
  baseUrl: z._default(
    z.string().check(
      z.refine(isBaseUrl, {
        error: ({ input }) => `must be an http or https URL without a query, a # and a user; got ${typeName(input)}`,
      }),
    ),
    DEFAULT_BASE_URL,
  ),
}

function isBaseUrl(text: string): boolean {
  if (!URL.canParse(text) || /[?#]/.test(text)) return false
  const { password, protocol, username } = new URL(text)
  return /^https?:$/.test(protocol) && username === "" && password === ""
}

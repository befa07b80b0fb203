import * as z from "zod/mini"

/** What stands before the keys of one cache, or of one bus. It has no colon: with one behind it, none begins another. */
export const keyPrefixSchema = z.exactOptional(
  z.string().check(z.regex(/^[\w./-]{1,64}$/, "must be 1 to 64 letters, digits and _ . / -")),
)

import * as z from "zod/mini"
import { typeName } from "../../contracts/foundation/text.ts"
import { bucketIssue } from "../../contracts/storage/arguments.ts"

const FORM = "3 to 63 lower-case letters, digits and, between two of them, hyphens or a dot"

/** An option that names a bucket. */
export const bucketName = z.string().check(
  z.refine((name) => bucketIssue(name) === undefined, {
    error: ({ input }) => `must be the name of a bucket, ${FORM}; got ${typeName(input)}`,
  }),
)

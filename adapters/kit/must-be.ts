import { typeName } from "../../contracts/foundation/text.ts"

/** The error of a check of an option's form: "must be an S3Client; got a string". */
export function mustBe(form: string): { error: (issue: { readonly input?: unknown }) => string } {
  return { error: ({ input }) => `must be ${form}; got ${typeName(input)}` }
}

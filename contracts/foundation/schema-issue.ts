import type { z } from "zod"

/** The first thing that a schema finds wrong, with its path, or undefined. */
export function schemaIssue(schema: z.ZodType, value: unknown, name: string): string | undefined {
  const issue = schema.safeParse(value).error?.issues[0]
  return issue && `${[name, ...issue.path].map(String).join(".")}: ${issue.message}.`
}

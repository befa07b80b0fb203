import { isPlainObject } from "./plain-object.ts"
import { got, typeName, unknownOption } from "./text.ts"

/** What a member must be, and whether a value is that. */
export interface MemberRule {
  readonly must: string
  readonly holds: (value: unknown) => boolean
  /** Numbers that it refuses are shown. */
  readonly ofNumbers?: true
}

/** One rule for each member of `Options`; all members may be left out. */
export type MemberRules<Options> = { readonly [Name in keyof Options]-?: MemberRule }

/**
 * What is wrong with an object of options, or undefined. Members that are undefined count as left out, and those that
 * the object inherits as given, since they are read as any other.
 */
export function membersIssue<Options>(name: string, options: unknown, rules: MemberRules<Options>): string | undefined {
  if (typeof options !== "object" || options === null || Array.isArray(options)) {
    return `${name} must be an object; got ${typeName(options)}.`
  }
  const known = Object.keys(rules)
  for (const member of Object.keys(options)) {
    if (!Object.hasOwn(rules, member)) return `${name}.${member}: ${unknownOption(known)}.`
  }
  for (const member of known) {
    const { holds, must, ofNumbers } = rules[member as keyof Options]
    const value = (options as Readonly<Record<string, unknown>>)[member]
    if (value === undefined || holds(value)) continue
    return `${name}.${member} must be ${must}; got ${ofNumbers ? got(value) : typeName(value)}.`
  }
  return undefined
}

/**
 * The options with those that they inherit. Each is read once, and plain objects among them are copied, so that what was
 * checked is what is used. What is no object stays what it is.
 */
export function readMembers<Options>(options: unknown, rules: MemberRules<Options>): unknown {
  if (typeof options !== "object" || options === null || Array.isArray(options)) return options
  const read: Record<string, unknown> = { ...options }
  for (const name of Object.keys(rules)) {
    const value = Object.hasOwn(read, name) ? read[name] : (options as Readonly<Record<string, unknown>>)[name]
    if (value !== undefined) read[name] = isPlainObject(value) ? { ...value } : value
  }
  return read
}

export const isTrueOrFalse: MemberRule = {
  must: "true or false",
  holds: (value) => typeof value === "boolean",
}

export const isText: MemberRule = {
  must: "text that is not empty",
  holds: (value) => typeof value === "string" && value !== "",
}

/** A whole number from `least` up to `most`. */
export function isWhole(least: number, most: number = Number.MAX_SAFE_INTEGER): MemberRule {
  const bound = most === Number.MAX_SAFE_INTEGER ? `of ${least} or more` : `from ${least} to ${most}`
  return {
    must: `a whole number ${bound}`,
    ofNumbers: true,
    holds: (value) => Number.isSafeInteger(value) && (value as number) >= least && (value as number) <= most,
  }
}

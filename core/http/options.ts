/** The options of an API, as they must be. */
import * as z from "zod/mini"
import { got } from "../../contracts/foundation/text.ts"
import { checkedOptions } from "../foundation/checked-options.ts"
import { type RawBody, type Route, routePathNames } from "../foundation/http/route.ts"
import { definitionOf } from "../foundation/schema.ts"
import { bytesOf } from "./byte-size.ts"

type Schema = NonNullable<Route["params"]>

const text = z.string().check(z.minLength(1))

/** Milliseconds that a timer can wait. */
export const MAX_MS = 2_147_483_647
export const milliseconds = z.int().check(z.gte(1), z.lte(MAX_MS))

/** Bytes as a text. */
export const byteSize = z
  .string()
  .check(
    z.refine((size) => bytesOf(size) !== undefined, "must be bytes such as 512kb, 10mb or 1gb; got another string"),
  )

/** A value that is handed on as it is. */
function given<Value>(isOne: (value: unknown) => boolean, must: string) {
  return z.custom<Value>(isOne, { error: ({ input }) => `must ${must}; got ${got(input)}` })
}

const having = (name: string) =>
  given<object>((value) => isFunction((value as Record<string, unknown> | null | undefined)?.[name]), `have ${name}()`)
const aFunction = given<Route["handle"]>(isFunction, "be a function")
export const anObject = given<object>((value) => typeof value === "object" && value !== null, "be an object")
const objectSchema = given<Schema>(
  (value) => shapeOf(value) !== undefined,
  "be an object schema of zod 4 or zod/mini, such as z.strictObject({})",
)
const bodySchema = given<Schema | RawBody>(
  (value) => isSchema(value) || isRaw(value),
  "be a schema of zod 4 or zod/mini, or { contentTypes, description } of a body that the route reads itself",
)

const SEGMENTS = /^(?=\/)(\/|(\/(:[A-Za-z_]\w*|[\w.~@%-]+))*(\/\*)?)$/

const routeSchema = z
  .strictObject({
    method: z.enum(["GET", "POST", "PUT", "PATCH", "DELETE"]),
    path: z
      .string()
      .check(
        z.regex(SEGMENTS, "must be a path such as /api/v1/orders/:id, without a slash at its end; got another string"),
      ),
    operationId: text,
    summary: text,
    permission: z
      .string()
      .check(
        z.regex(/^[\w:-]+(\.[\w:-]+)*$/, "must be public or a permission such as orders.read; got another string"),
      ),
    params: z.optional(objectSchema),
    query: z.optional(objectSchema),
    body: z.optional(bodySchema),
    answers: z.record(z.string(), z.unknown()),
    errors: z.optional(z.array(z.int())),
    handle: aFunction,
  })
  .check(
    z.refine(({ params, path }) => sameNames(routePathNames(path), Object.keys(shapeOf(params) ?? {})), {
      path: ["params"],
      message: "must have the names that the path has, and no others",
    }),
    z.refine(({ body, method }) => body === undefined || method !== "GET", {
      path: ["body"],
      message: "must be left out of GET, which has no body",
    }),
  )

/** Of every API, with or without a server of ours. */
export const apiOptions = {
  auth: z.optional(having("verify")),
  roles: z.optional(z.record(z.string(), z.array(z.string()))),
  gate: z.optional(having("admit")),
  env: z.optional(anObject),
  clock: z.optional(having("monotonic")),
  routes: z._default(z.array(routeSchema), []),
  health: z.optional(having("readiness")),
  tracing: z.optional(having("withSpan")),
  info: z.optional(z.strictObject({ title: text, version: text, description: z.optional(z.string()) })),
  onError: z.optional(aFunction),
  bodyLimit: z.optional(byteSize),
  uploadLimit: z.optional(byteSize),
  requestTimeout: z.optional(milliseconds),
}

interface AdmissionChoice {
  readonly auth?: unknown
  readonly gate?: unknown
  readonly roles?: unknown
}

/** Checks that options which rule each other out do not come together. */
export const admissionChecks = [
  z.refine<AdmissionChoice>(({ auth, gate }) => auth === undefined || gate === undefined, {
    path: ["auth"],
    message: "must be left out where gate is given, which decides alone",
  }),
  z.refine<AdmissionChoice>(({ auth, roles }) => auth !== undefined || roles === undefined, {
    path: ["roles"],
    message: "must come with auth, which says what roles a user has",
  }),
] as const

const schema = z.strictObject(apiOptions).check(...admissionChecks)

/** @throws ServiceError INVALID_CONFIG with each issue. */
export function checkApiOptions(options: object): void {
  checkedOptions(schema, options, "The options of createHttpApi")
}

function isFunction(value: unknown): boolean {
  return typeof value === "function"
}

function isSchema(value: unknown): value is Schema {
  return typeof value === "object" && value !== null && "_zod" in value
}

function isRaw(value: unknown): value is RawBody {
  return Array.isArray((value as Partial<RawBody> | undefined)?.contentTypes)
}

function shapeOf(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return isSchema(value) ? definitionOf(value).shape : undefined
}

function sameNames(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((name) => other.includes(name))
}

import { isRawBody, type RawBody, type Route, type RouteAnswer } from "../../foundation/http/route.ts"
import type {
  JsonSchema,
  OpenApiContent,
  OpenApiOperation,
  OpenApiParameter,
  OpenApiReference,
  OpenApiRequestBody,
  OpenApiResponse,
} from "./document.ts"
import type { Schemas } from "./schemas.ts"

const BYTES: JsonSchema = { type: "string", format: "binary" }

/** A route as the document shows it. `errors` are the statuses of its errors, which are components. */
export function operationOf(route: Route, errors: readonly number[], schemas: Schemas): OpenApiOperation {
  const { operationId, permission, summary } = route
  const tag = tagOf(route)
  const parameters = [...pathParameters(route, schemas), ...queryParameters(route, schemas)]
  const requestBody = requestBodyOf(route, schemas)
  return {
    operationId,
    summary,
    ...(tag !== undefined && { tags: [tag] }),
    ...(permission === "public" && { security: [] }),
    ...(parameters.length > 0 && { parameters }),
    ...(requestBody !== undefined && { requestBody }),
    responses: responsesOf(route, errors, schemas),
  }
}

/** `/caches/{key}` of `/caches/:key`; all that follows is `{rest}`. */
export function pathTemplate(path: string): string {
  return path.replaceAll(/(?<=\/):([^/]+)/g, "{$1}").replace(/\/\*$/, "/{rest}")
}

/** The service: of the permission, else of the path. */
function tagOf({ path, permission }: Route): string | undefined {
  return permission === "public" ? /^\/api\/v\d+\/([^/]+)/.exec(path)?.[1] : permission.split(".")[0]
}

function pathParameters({ operationId, params, path }: Route, schemas: Schemas): OpenApiParameter[] {
  const { names } = params ? schemas.addObject(params, `${operationId}.params`) : { names: {} as Record<string, never> }
  const rest: JsonSchema = { type: "string", description: "All that follows, slashes included." }
  return [...pathTemplate(path).matchAll(/\{([^}]+)\}/g)].map(([, name = ""]) => ({
    ...parameterOf(name, "path", names[name] ?? (name === "rest" ? rest : { type: "string" })),
    required: true,
  }))
}

function queryParameters({ operationId, query }: Route, schemas: Schemas): OpenApiParameter[] {
  if (query === undefined) return []
  const { names, required } = schemas.addObject(query, `${operationId}.query`)
  return Object.entries(names).map(([name, schema]) => ({
    ...parameterOf(name, "query", schema),
    required: required.includes(name),
    ...(schema["type"] === "array" && { style: "form", explode: true }),
  }))
}

function parameterOf(name: string, place: "path" | "query", { description, ...schema }: JsonSchema) {
  return { name, in: place, ...(typeof description === "string" && { description }), schema }
}

function requestBodyOf({ body, operationId }: Route, schemas: Schemas): OpenApiRequestBody | undefined {
  if (body === undefined) return undefined
  if (isRawBody(body)) return { description: body.description, required: true, content: rawContent(body) }
  const schema = schemas.add(body, "input", `${operationId}.body`)
  return { required: true, content: { "application/json": { schema } } }
}

function rawContent({ contentTypes }: RawBody): OpenApiContent {
  const form = { type: "object", properties: { file: BYTES }, required: ["file"] }
  return Object.fromEntries(
    contentTypes.map((type) => [type, { schema: type === "multipart/form-data" ? form : BYTES }]),
  )
}

function responsesOf(route: Route, errors: readonly number[], schemas: Schemas): OpenApiOperation["responses"] {
  const answers = Object.entries(route.answers).map(([status, answer]) => {
    return [status, responseOf(answer, `${route.operationId}.${status}`, schemas)] as const
  })
  const failures = errors.map((status): [string, OpenApiReference] => [
    String(status),
    { $ref: `#/components/responses/Error${status}` },
  ])
  return Object.fromEntries([...answers, ...failures])
}

function responseOf(answer: RouteAnswer, place: string, schemas: Schemas): OpenApiResponse {
  const { contentType = "application/json", description, headers = {}, schema } = answer
  const hasBody = schema !== undefined || answer.contentType !== undefined
  const shown = Object.entries(headers).map(([name, text]) => [name, { description: text, schema: { type: "string" } }])
  return {
    description,
    ...(shown.length > 0 && { headers: Object.fromEntries(shown) }),
    ...(hasBody && { content: { [contentType]: { schema: schema ? schemas.add(schema, "output", place) : BYTES } } }),
  }
}

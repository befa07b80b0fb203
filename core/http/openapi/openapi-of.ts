import { ServiceError } from "../../../contracts/foundation/errors.ts"
import type { Route } from "../../foundation/http/route.ts"
import type { OpenApiDocument, OpenApiInfo, OpenApiMethod, OpenApiOperation } from "./document.ts"
import { errorResponseOf, errorSchema, errorStatuses } from "./errors.ts"
import { operationOf, pathTemplate } from "./operation.ts"
import { PROSE } from "./prose.ts"
import { Schemas } from "./schemas.ts"

/**
 * The OpenAPI 3.1 document of routes.
 *
 * @throws ServiceError INVALID_CONFIG for a schema that JSON Schema has no words for, for an id that stands for two
 * schemas, and for an operationId that two routes have.
 * @example
 * openApiOf(api.routes(), { title: "Shop", version: "1.0.0" }).paths["/api/v1/storage/buckets"]?.get?.summary
 */
export function openApiOf(routes: readonly Route[], info: OpenApiInfo): OpenApiDocument {
  checkOperationIds(routes)
  const schemas = new Schemas()
  const error = schemas.define("Error", schemas.add(errorSchema, "output", "Error"))
  const paths: Record<string, { [Method in OpenApiMethod]?: OpenApiOperation }> = {}
  const failures = new Set<number>()
  for (const route of routes) {
    const errors = errorStatuses(route)
    for (const status of errors) failures.add(status)
    const path = pathTemplate(route.path)
    const method = route.method.toLowerCase() as OpenApiMethod
    paths[path] = { ...paths[path], [method]: operationOf(route, errors, schemas) }
  }
  const byStatus = [...failures].sort((a, b) => a - b)
  return {
    openapi: "3.1.1",
    jsonSchemaDialect: "https://json-schema.org/draft/2020-12/schema",
    info: { ...info, description: [info.description, PROSE].filter(Boolean).join("\n\n") },
    security: [{ bearer: [] }],
    paths,
    components: {
      schemas: schemas.components(),
      responses: Object.fromEntries(byStatus.map((status) => [`Error${status}`, errorResponseOf(status, error)])),
      securitySchemes: { bearer: { type: "http", scheme: "bearer" } },
    },
  }
}

function checkOperationIds(routes: readonly Route[]): void {
  const seen = new Set<string>()
  for (const { method, operationId, path } of routes) {
    if (seen.has(operationId)) {
      const where = `${method} ${path}`
      throw new ServiceError(
        "INVALID_CONFIG",
        `The operationId of ${where} must be its own; got ${operationId}, which another route has.`,
      )
    }
    seen.add(operationId)
  }
}

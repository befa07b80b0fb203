import * as z from "zod/mini"
import { JSON_HEADERS } from "../../foundation/http/json.ts"
import { defineRoute, type Route } from "../../foundation/http/route.ts"

/** The route that serves the document, whose text it asks for with each request. */
export function openApiRoute(text: () => string): Route {
  return defineRoute({
    method: "GET",
    path: "/api/v1/openapi.json",
    operationId: "getOpenApi",
    summary: "This document.",
    permission: "api.read",
    answers: {
      200: { description: "The document, OpenAPI 3.1.", schema: z.looseObject({ openapi: z.string() }) },
    },
    handle: () => new Response(text(), { headers: JSON_HEADERS }),
  })
}

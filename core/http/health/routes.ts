/** Health for people, and probes for orchestrators. */
import * as z from "zod/mini"
import { ServiceError } from "../../../contracts/foundation/errors.ts"
import { json } from "../../foundation/http/json.ts"
import { defineRoute, type Route } from "../../foundation/http/route.ts"
import { healthBodySchema } from "./body.ts"
import type { HealthView } from "./view.ts"

const probeSchema = z.strictObject({ status: z.enum(["healthy", "unhealthy"]) })

export function healthRoutes(view: HealthView): Route[] {
  return [
    defineRoute({
      method: "GET",
      path: "/api/v1/health",
      operationId: "getHealth",
      summary: "How every service is. A caller with a token also sees messages and details.",
      permission: "public",
      query: z.strictObject({
        fresh: z.optional(
          z
            .enum(["1", "0", "true", "false"])
            .check(z.describe("Asks every service again, else an answer may be a second old. Needs a token.")),
        ),
      }),
      answers: {
        200: { description: "No required service is down.", schema: healthBodySchema },
        503: { description: "A required service is down.", schema: healthBodySchema },
      },
      errors: [401],
      async handle(_services: unknown, { caller, query }) {
        const fresh = query.fresh === "1" || query.fresh === "true"
        if (fresh && caller === undefined) {
          throw new ServiceError("PERMISSION_DENIED", "fresh must come with a token; send one, or leave it out.", {
            details: { reason: "credentials" },
          })
        }
        const body = await view.body({ fresh, isDetailed: caller !== undefined })
        return json(body, body.status === "unhealthy" ? 503 : 200)
      },
    }),
    probe("/livez", "getLiveness", "Whether the process answers. It asks no service.", () => true),
    probe("/readyz", "getReadiness", "Whether requests can be served: no required service is down.", () =>
      view.isReady(),
    ),
    probe("/startupz", "getStartup", "Whether every required service was there once.", () => view.isStarted()),
  ]
}

function probe(path: string, operationId: string, summary: string, isWell: () => boolean | Promise<boolean>): Route {
  return defineRoute({
    method: "GET",
    path,
    operationId,
    summary,
    permission: "public",
    answers: {
      200: { description: "Yes.", schema: probeSchema },
      503: { description: "Not now.", schema: probeSchema },
    },
    async handle() {
      const isFine = await isWell()
      return json({ status: isFine ? "healthy" : "unhealthy" }, isFine ? 200 : 503)
    },
  })
}

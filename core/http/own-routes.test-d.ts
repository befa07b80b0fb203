/** What a route of an application is typed by: its schemas, and the services that it is handed. */
import { describe, expectTypeOf, it } from "vitest"
import * as full from "zod"
import * as z from "zod/mini"
import type { Cache } from "../../contracts/cache/cache.ts"
import type { Queue } from "../../contracts/queue/queue.ts"
import type { Services } from "../services.ts"
import { type Caller, createHttpApi, defineRoute, type HttpApiOptions, type Route, serveHttp } from "./index.ts"

declare const services: Services<{ readonly pages: "cache"; readonly queue: "queue" }>
declare const cacheAlone: Services<readonly ["cache"]>
type App = typeof services

const facts = {
  method: "POST",
  path: "/api/v1/pages/:name",
  operationId: "putPage",
  summary: "Stores a page.",
  permission: "pages.write",
  answers: { 204: { description: "It is stored." } },
} as const

describe("a route", () => {
  it("without schemas has nothing of a request", () => {
    defineRoute({
      ...facts,
      handle(_services, { body, caller, params, query, request, signal }) {
        expectTypeOf(params).toEqualTypeOf<undefined>()
        expectTypeOf(query).toEqualTypeOf<undefined>()
        expectTypeOf(body).toEqualTypeOf<undefined>()
        expectTypeOf(caller).toEqualTypeOf<Caller | undefined>()
        expectTypeOf(request).toEqualTypeOf<Request>()
        expectTypeOf(signal).toEqualTypeOf<AbortSignal>()
        return undefined
      },
    })
  })

  it("with one schema has that part alone", () => {
    const schema = z.strictObject({ name: z.string() })
    type Named = { name: string }
    defineRoute({
      ...facts,
      params: schema,
      handle: (_services, { body, params, query }) => {
        expectTypeOf({ body, params, query }).toEqualTypeOf<{ body: undefined; params: Named; query: undefined }>()
        return params
      },
    })
    defineRoute({
      ...facts,
      query: schema,
      handle: (_services, { body, params, query }) => {
        expectTypeOf({ body, params, query }).toEqualTypeOf<{ body: undefined; params: undefined; query: Named }>()
        return query
      },
    })
    defineRoute({
      ...facts,
      body: schema,
      handle: (_services, { body, params, query }) => {
        expectTypeOf({ body, params, query }).toEqualTypeOf<{ body: Named; params: undefined; query: undefined }>()
        return body
      },
    })
  })

  it("has what its schemas give, with defaults and transforms", () => {
    defineRoute({
      ...facts,
      params: full.strictObject({ name: full.coerce.number() }),
      query: z.strictObject({ limit: z._default(z.int(), 10), tag: z.optional(z.array(z.string())) }),
      body: full.strictObject({ at: full.iso.datetime().transform((text) => new Date(text)) }),
      handle(_services, { body, params, query }) {
        expectTypeOf(params.name).toEqualTypeOf<number>()
        expectTypeOf(query.limit).toEqualTypeOf<number>()
        expectTypeOf(query.tag).toEqualTypeOf<string[] | undefined>()
        expectTypeOf(body.at).toEqualTypeOf<Date>()
        return undefined
      },
    })
  })

  it("that reads the body itself is handed none", () => {
    defineRoute({
      ...facts,
      body: { contentTypes: ["text/csv"], description: "Rows." },
      handle(_services, { body, maxBodyBytes }) {
        expectTypeOf(body).toEqualTypeOf<undefined>()
        expectTypeOf(maxBodyBytes).toEqualTypeOf<number>()
        return undefined
      },
    })
  })

  it("answers with data, a response or nothing", () => {
    defineRoute({ ...facts, handle: () => [1, 2] })
    defineRoute({ ...facts, handle: async () => new Response("text") })
    defineRoute({ ...facts, handle: async () => {} })
    // @ts-expect-error A text is no JSON that a route may answer with; a Response may have it.
    defineRoute({ ...facts, handle: () => "text" })
  })

  it("takes schemas of zod 4 alone", () => {
    const foreign = { safeParse: (value: unknown) => ({ success: true as const, data: value }) }
    // @ts-expect-error A schema of another library cannot stand in the document.
    defineRoute({ ...facts, query: foreign, handle: () => undefined })
  })
})

describe("services of a route", () => {
  const putPage = defineRoute({
    ...facts,
    handle({ pages, queue }: App) {
      expectTypeOf(pages).toEqualTypeOf<Cache>()
      expectTypeOf(queue).toEqualTypeOf<Queue>()
      return undefined
    },
  })
  const countPages = defineRoute({ ...facts, handle: ({ pages }: Pick<App, "pages">) => pages.stats() })
  const anywhere = defineRoute({ ...facts, handle: () => undefined })

  it("must be those of the API", () => {
    expectTypeOf(putPage).toEqualTypeOf<Route<App>>()
    void createHttpApi(services, { routes: [putPage, countPages, anywhere] })
    void serveHttp(services, { routes: [putPage, countPages, anywhere] })
    // @ts-expect-error These have no pages.
    void createHttpApi(cacheAlone, { routes: [countPages] })
    // @ts-expect-error These have no pages.
    void serveHttp(cacheAlone, { routes: [countPages] })
  })

  it("are known where the route stands in the options", () => {
    void createHttpApi(services, {
      routes: [
        defineRoute({
          ...facts,
          params: z.strictObject({ name: z.string() }),
          handle: (mine, { params }) => {
            expectTypeOf(mine).toEqualTypeOf<App>()
            return mine.pages.getOrSet(params.name, async () => ({}))
          },
        }),
      ],
    })
  })

  it("may be those of options that stand alone", () => {
    const options: HttpApiOptions<App> = { routes: [putPage] }
    const plain: HttpApiOptions = { routes: [anywhere] }
    void createHttpApi(services, options)
    void createHttpApi(services, plain)
  })
})

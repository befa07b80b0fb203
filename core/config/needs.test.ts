import { describe, expect, it } from "vitest"
import { z } from "zod"
import { type AdapterContext, defineAdapter } from "../../contracts/adapter.ts"
import type { Queue } from "../../contracts/queue/queue.ts"
import type { ServiceKey } from "../../contracts/services.ts"
import { createServices, type Selection } from "../services.ts"
import { resolveNeeds } from "./needs.ts"

/** Adapters that say in which order they are created and closed. */
class Log {
  readonly lines: string[] = []

  adapter(service: string, needs: readonly ServiceKey[] = [], create?: (context: AdapterContext) => unknown) {
    return defineAdapter({
      service,
      name: "memory",
      contractVersion: 1,
      schemes: ["memory"],
      optionsSchema: z.strictObject({ label: z.string().exactOptional() }),
      needs,
      create: async (_options, context) => {
        this.lines.push(`begin ${context.name}`)
        const made = await create?.(context)
        this.lines.push(`create ${context.name}`)
        return { made, enqueue: async () => `job of ${context.name}`, close: async () => this.close(context.name) }
      },
    })
  }

  close(name: string): void {
    this.lines.push(`close ${name}`)
  }
}

async function issuesOf(promise: Promise<unknown>): Promise<string[]> {
  const error = await promise.catch((reason: unknown) => reason)
  expect(error).toMatchObject({ code: "INVALID_CONFIG" })
  const { details } = error as { details: { issues: { path: string; message: string }[] } }
  return details.issues.map(({ message, path }) => `${path}: ${message}`)
}

const create = (adapters: Parameters<typeof createServices>[0]["adapters"], services?: object) =>
  createServices({ adapters, env: {}, services: services as Selection | undefined })

describe("a service that needs others", () => {
  it("is created after them and closed before them", async () => {
    const log = new Log()
    const adapters = [log.adapter("search", ["storage"]), log.adapter("storage", ["queue"]), log.adapter("queue")]
    const { close } = await create(adapters)
    await close()
    expect(log.lines.filter((line) => !line.startsWith("begin"))).toEqual([
      "create queue",
      "create storage",
      "create search",
      "close search",
      "close storage",
      "close queue",
    ])
  })

  it("keeps no other waiting", async () => {
    const log = new Log()
    let open: () => void = () => {}
    const gate = new Promise<void>((resolve) => {
      open = resolve
    })
    const adapters = [
      log.adapter("queue", [], () => gate),
      log.adapter("search", ["queue"]),
      log.adapter("storage", [], () => open()),
    ]
    const { close } = await create(adapters)
    expect(log.lines).toEqual([
      "begin queue",
      "begin storage",
      "create queue",
      "create storage",
      "begin search",
      "create search",
    ])
    await close()
  })

  it("uses the very instance that the caller has, with its type", async () => {
    let used: Queue | undefined
    const log = new Log()
    const search = log.adapter("search", ["queue"], ({ use }) => {
      used = use("queue")
    })
    const services = await create([log.adapter("queue"), search])
    expect(used).toBe(services.queue)
    await services.close()
  })

  it("uses the one of the service's name, else the only one", async () => {
    const used: unknown[] = []
    const log = new Log()
    const adapters = [log.adapter("queue"), log.adapter("search", ["queue"], ({ use }) => used.push(use("queue")))]
    const named = { mails: "queue", queue: "queue", search: "search" }
    const first = (await create(adapters, named)) as unknown as Record<string, unknown>
    const second = (await create(adapters, { pages: "search", mails: "queue" })) as unknown as Record<string, unknown>
    expect(used).toEqual([first["queue"], second["mails"]])
  })

  it("has its needs from its adapter and from its service alike, each once", () => {
    const instances = ["search", "queue", "storage"].map((service) => ({ name: service, service, isNamed: true }))
    const [search = { name: "", service: "", isNamed: true }] = instances
    const needs = resolveNeeds(
      search,
      [{ needs: ["queue"] }, undefined, {}, { needs: ["storage", "queue"] }],
      instances,
    )
    expect(needs._unsafeUnwrap()).toEqual({ queue: "queue", storage: "storage" })
  })

  it("does not use what it does not need", async () => {
    const log = new Log()
    const search = log.adapter("search", [], ({ use }) => use("queue"))
    expect(await issuesOf(create([log.adapter("queue"), search]))).toEqual([
      'services.search: The instance search must need queue to use it; name it in needs: ["queue"] of the adapter or of the service',
    ])
  })
})

describe("a need is refused", () => {
  const log = new Log()
  const queue = log.adapter("queue")
  const search = log.adapter("search", ["queue"])

  it("where no instance of it is selected", async () => {
    expect(await issuesOf(create([queue, search], ["search"]))).toEqual([
      "services.search: must have queue beside it, which its adapter needs; add it to services",
    ])
  })

  it("where several are and none has its name", async () => {
    expect(await issuesOf(create([queue, search], { mails: "queue", jobs: "queue", pages: "search" }))).toEqual([
      "services.pages: must have one queue to use; got mails, jobs; name one of them queue",
    ])
  })

  it("where it leads back to itself", async () => {
    const adapters = [log.adapter("storage", ["search"]), search, log.adapter("queue", ["search"])]
    expect(await issuesOf(create(adapters))).toEqual([
      "services.search: must not need itself; got search -> queue -> search",
    ])
    expect(await issuesOf(create([log.adapter("queue", ["queue"])]))).toEqual([
      "services.queue: must not need itself; got queue -> queue",
    ])
  })

  it("together with all else that is wrong, before anything is created", async () => {
    const created = createServices({
      adapters: [queue, search],
      services: ["search"],
      env: { SEARCH_URL: "memory:?colour=red" },
      config: { mail: {} },
    })
    expect((await issuesOf(created)).map((issue) => issue.split(": ")[0])).toEqual([
      "config.mail",
      "SEARCH_URL?colour",
      "services.search",
    ])
    expect(log.lines).toEqual([])
  })
})

describe("a creation that fails", () => {
  it("closes what was created, and blames no service that waited for it", async () => {
    const log = new Log()
    const fails = log.adapter("queue", ["storage"], () => Promise.reject(new Error("hunter2")))
    const issues = await issuesOf(create([log.adapter("search", ["queue"]), fails, log.adapter("storage")]))
    expect(issues).toEqual(["services.queue: The adapter could not be made; see cause"])
    expect(log.lines).toEqual(["begin storage", "create storage", "begin queue", "close storage"])
  })
})

/** Use 1: implement the contract in your own code. Six methods are enough; `asCache` adds the rest. */
import { asCache, createServices, defineAdapter } from "@objectos/sdk"
import { builtinAdapters } from "@objectos/sdk/adapters"
import * as z from "zod"
import { MyCache } from "./my-cache.ts"

// On its own: argument checks, CLOSED after close, health, batches and getOrSet around your six methods.
const cache = asCache(new MyCache())
await cache.setMany([
  ["a", 1],
  ["b", 2],
])
console.log("found:", [...(await cache.getMany<number>(["a", "b", "c"])).keys()].join(", "))
console.log("loaded:", await cache.getOrSet("c", () => 3, { ttl: 60 }))
await cache.close()

// As an adapter that CACHE_URL=mine: chooses.
const mine = defineAdapter({
  service: "cache",
  name: "mine",
  contractVersion: 1,
  schemes: ["mine"],
  optionsSchema: z.strictObject({ greeting: z.string().default("hello") }),
  create: () => new MyCache(),
})
const services = await createServices({
  services: ["cache"],
  adapters: [...builtinAdapters, mine],
  env: { CACHE_URL: "mine:?greeting=hi" },
})
await services.cache.set("key", "value")
console.log("through createServices:", await services.cache.get<string>("key"))
await services.close()

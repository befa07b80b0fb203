/** Use 2: choose adapters by environment. `CACHE_URL=redis://localhost:6379` makes this program use Redis. */
import { createServices, describeConfig, ServiceError } from "@objectos/sdk"

console.log(String(await describeConfig({ services: ["cache"] })))

const { cache, health, close } = await createServices({ services: ["cache"] })
try {
  await cache.set("greeting", { text: "hello", at: new Date() }, 60)
  console.log("read:", await cache.get("greeting"))
  console.log("health:", (await health()).status)
} catch (error) {
  if (!ServiceError.is(error)) throw error
  console.error(`${error.code}: ${error.message}`)
  process.exitCode = 1
}
await close()

// Every problem of a configuration is told at once, with its path.
const broken = { CACHE_URL: "redis://localhost:6379?timeoutMs=soon&colour=red", QUEUE_URL: "carrier-pigeon:" }
await createServices({ env: broken }).catch((error) => console.log("refused:", error.message))

import { type ChildProcess, fork } from "node:child_process"
import { once } from "node:events"
import type { Load } from "./http-load.ts"
import { type Exchange, PATH, TOKEN } from "./http-things.ts"
import type { Timed } from "./suite.ts"

/** A server that listens. */
export interface Serving {
  readonly port: number
  close(): Promise<unknown>
}

/** Built beside the worker. */
const LOAD = new URL("./http-load.js", import.meta.url)

/** Requests before the first round, until the code is compiled. */
const WARMING = 20_000

/** Requests over the wire, from another process: the processor time of this one is the server's alone. */
export async function served({ close, port }: Serving, exchanges: readonly Exchange[]): Promise<Timed> {
  const load = fork(LOAD, { execArgv: [] })
  await told(load, { port, exchanges })
  await told(load, WARMING)
  return {
    run: (count) => told(load, count),
    async close() {
      load.disconnect()
      await close()
    },
  }
}

async function told(load: ChildProcess, message: Load | number): Promise<void> {
  const answered = new AbortController()
  const failed = once(load, "exit", answered).then(() => {
    throw new Error("the load ended; see above")
  })
  load.send(message)
  try {
    await Promise.race([once(load, "message", answered), failed])
  } finally {
    answered.abort()
  }
}

/** Requests without a server, one after the other. Each answer is checked by its status, some by what they say. */
export async function fetched(fetch: (request: Request) => Response | Promise<Response>): Promise<Timed> {
  const headers = { authorization: `Bearer ${TOKEN}` }
  const target: Timed = {
    async run(count) {
      for (let step = 0; step < count; step++) {
        const name = `thing-${step % 100}`
        const response = await fetch(new Request(`http://localhost${PATH}/${name}?limit=5`, { headers }))
        if (response.status !== 200) throw new Error(`wrong status ${response.status}`)
        if (step % 100 === 99 && !(await response.text()).startsWith(`{"name":"${name}","limit":5,`)) {
          throw new Error("wrong answer")
        }
      }
    },
  }
  await target.run(WARMING)
  return target
}

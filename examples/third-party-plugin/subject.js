import { createHash } from "node:crypto"
import { readFileSync } from "node:fs"
import { rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { defineSubject } from "@objectos/sdk/testing"
import { forkClient } from "@objectos/sdk/testing/faults/fork-client"
import { FileCache } from "./file-cache.js"

const { version } = JSON.parse(readFileSync(new URL("package.json", import.meta.url), "utf8"))

/** What the harness proves. Each clause has two folders of its own. */
export const fileCacheSubject = defineSubject({
  service: "cache",
  name: "file",
  version,
  open: ({ clock, namespace }) => {
    const folder = join(tmpdir(), namespace)
    const neighbour = join(tmpdir(), `${namespace}-neighbour`)
    return {
      connect: () => new FileCache({ folder, clock }),
      neighbour: () => new FileCache({ folder: neighbour, clock }),
      advance: (ms) => clock.advance(ms),
      // Nothing runs that could be stopped: what is kept is in the files.
      restart() {},
      fork: () =>
        forkClient({ module: new URL("file-cache.js", import.meta.url), make: "createFileCache", args: [{ folder }] }),
      async corrupt(key) {
        const name = createHash("sha256").update(key).digest("hex")
        await writeFile(join(folder, `${name}.entry`), "written by nobody")
      },
      async destroy() {
        await rm(folder, { recursive: true, force: true })
        await rm(neighbour, { recursive: true, force: true })
      },
    }
  },
})

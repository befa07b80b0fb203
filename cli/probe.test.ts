import { spawn } from "node:child_process"
import { afterAll, beforeEach, describe, expect, it, onTestFinished } from "vitest"
import { createGcsStorage } from "../adapters/storage/gcs.ts"
import { startMeddler } from "../adapters/storage/gcs-engine/meddler.fixture.ts"
import { createS3Storage } from "../adapters/storage/s3.ts"
import { startGcsDouble } from "../servers/gcs-double.ts"
import { findVersitygw, type S3Server, startVersitygw, VERSITYGW_MISSING } from "../servers/versitygw.ts"

let server: Promise<S3Server> | undefined

/** One server for all tests. */
function versitygw(): Promise<S3Server> {
  server ??= startVersitygw()
  return server
}

afterAll(async () => (await server)?.stop())

interface Ended {
  readonly code: number | null
  readonly output: string
  readonly errors: string
}

/** The real process. What the AWS SDK says of this Node is none of its words. */
function probe(args: readonly string[], env: Record<string, string> = {}): Promise<Ended> {
  const here = (file: string) => new URL(file, import.meta.url)
  const tsx = ["--import", here("../node_modules/tsx/dist/loader.mjs").href, "--conditions=@objectos/source"]
  const child = spawn(process.execPath, [...tsx, here("main.ts").pathname, "probe", ...args], {
    env: { PATH: process.env["PATH"], NODE_NO_WARNINGS: "1", ...env },
  })
  const text = { output: "", errors: "" }
  child.stdout.on("data", (chunk: Buffer) => {
    text.output += chunk
  })
  child.stderr.on("data", (chunk: Buffer) => {
    text.errors += chunk
  })
  return new Promise((resolve) => child.once("close", (code) => resolve({ code, ...text })))
}

describe("objectos probe of versitygw", () => {
  beforeEach((context) => {
    if (findVersitygw() === undefined) context.skip(VERSITYGW_MISSING)
  })

  it("finds out what the server keeps, says what to write down, and leaves nothing", async () => {
    const { accessKeyId, endpoint, region, secretAccessKey } = await versitygw()
    const storage = createS3Storage({ accessKeyId, endpoint, region, secretAccessKey })
    await storage.createBucket("files")
    const credentials = { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey }
    const { code, errors, output } = await probe([`s3://files?endpoint=${endpoint}`], credentials)
    expect(output).toBe(`conditionalCreate    yes
conditionalMatch     yes
conditionalComplete  yes
conditionalCopy      no
exactKeys            no
presignMethods       GET, HEAD, PUT, POST, DELETE
checksumsWrite       crc32, crc32c, sha256, md5
checksumsRead        crc32, crc32c, sha256

Options to write down: ${[
      "conditionalCreate=true&conditionalMatch=true&conditionalComplete=true&presignMethods=DELETE,GET,HEAD,POST,PUT",
      "checksumsWrite=crc32,crc32c,md5,sha256&checksumsRead=crc32,crc32c,sha256",
    ].join("&")}
`)
    expect(errors).toMatch(/^Writing below objectos-probe-[0-9a-f]{16}\/\nconditionalCreate: yes\n/)
    expect(errors).toContain("conditionalCopy: no, a condition that does not hold was not looked at\n")
    expect(code).toBe(0)
    expect(await storage.list("files")).toEqual({ objects: [], prefixes: [] })
    expect(await storage.sweepUploads("files", 0)).toBe(0)
    await storage.close()
  })

  it("ends with 1 where the URL promises more, in JSON too", async () => {
    const { accessKeyId, endpoint, secretAccessKey } = await versitygw()
    const url = `s3://${accessKeyId}:${secretAccessKey}@probed?endpoint=${endpoint}&preset=aws`
    const storage = createS3Storage({ accessKeyId, endpoint, secretAccessKey })
    await storage.createBucket("probed")
    await storage.close()
    const { code, errors, output } = await probe([url, "--json"])
    expect(JSON.parse(output)).toMatchObject({
      capabilities: {
        conditionalCreate: true,
        conditionalCopy: false,
        checksumsWrite: ["crc32", "crc32c", "sha256", "md5"],
      },
      options: "conditionalCopy=false&exactKeys=false",
      broken: ["conditionalCopy", "exactKeys"],
    })
    expect(errors).toContain("Warning: the URL promises more of conditionalCopy than the server keeps.\n")
    expect(errors + output).not.toContain(secretAccessKey)
    expect(code).toBe(1)
  })

  it("says that the bucket must exist", async () => {
    const { accessKeyId, endpoint, secretAccessKey } = await versitygw()
    const url = `s3://${accessKeyId}:${secretAccessKey}@not-there?endpoint=${endpoint}`
    const { code, errors } = await probe([url])
    expect(errors).toContain("The storage cannot be tried: NOT_FOUND: There is no such bucket")
    expect(errors).not.toContain("Warning")
    expect(code).toBe(1)
  })

  it("says that the credentials are wrong, in JSON too, without a secret", async () => {
    const { endpoint } = await versitygw()
    const { code, errors, output } = await probe([`s3://files?endpoint=${endpoint}`, "--json"], {
      AWS_ACCESS_KEY_ID: "nobody",
      AWS_SECRET_ACCESS_KEY: "hunter2",
    })
    expect(JSON.parse(output)).toEqual({
      error: { code: "PERMISSION_DENIED", message: expect.stringContaining("The storage cannot be tried: ") },
    })
    expect(errors).not.toContain("Warning")
    expect(errors + output).not.toContain("hunter2")
    expect(code).toBe(1)
  })
})

describe.concurrent("objectos probe", () => {
  it.each([
    [[], /^probe must have one argument, the URL of a storage; got 0;/],
    [["s3://a", "s3://b"], /^probe must have one argument, the URL of a storage; got 2;/],
    [["memory:"], /^The URL names no bucket; --bucket must name one that exists\.$/m],
    [["pigeon:hunter2"], /^STORAGE_URL: must begin with .*; got pigeon:$/m],
    [["s3://user:hunter2@No_Bucket?unknown=1&endpoint=hunter2"], /^STORAGE_URL.*unknown/m],
    [["s3://bucket", "--timeout", "soon"], /^--timeout must be a whole number/],
    [["s3://bucket?endpoint=http://127.0.0.1:9", "--bucket", "NO_GOOD"], /^--bucket: The name of a bucket must have/],
  ] as const)("%j is wrong usage", async (args, error) => {
    const { code, errors, output } = await probe(args)
    expect(errors).toMatch(error)
    expect(errors).not.toContain("hunter2")
    expect([code, output]).toEqual([2, ""])
  })

  it("ends with 1 where nobody answers", async () => {
    const { code, errors, output } = await probe(["s3://a:b@files?endpoint=http://127.0.0.1:9"])
    expect(errors).toMatch(/The storage cannot be tried: UNAVAILABLE: .*ECONNREFUSED/)
    expect(errors).not.toContain("Warning")
    expect([code, output]).toEqual([1, ""])
  })

  it("tells in JSON that nobody answers, or that the URL cannot be used", async () => {
    const away = await probe(["s3://a:b@files?endpoint=http://127.0.0.1:9", "--json"])
    const message = expect.stringMatching(/^The storage cannot be tried: UNAVAILABLE: .*ECONNREFUSED/)
    expect(JSON.parse(away.output)).toEqual({ error: { code: "UNAVAILABLE", message } })
    const wrong = await probe(["s3://a:hunter2@files?unknown=1", "--json"])
    const issues = [{ path: "STORAGE_URL?unknown", message: expect.any(String) }]
    expect(JSON.parse(wrong.output)).toEqual({
      error: { code: "INVALID_CONFIG", message: expect.any(String), issues },
    })
    expect(wrong.output).not.toContain("hunter2")
    expect([away.code, wrong.code]).toEqual([1, 2])
  })

  it("leaves no warning at a web page, where nothing was written", async () => {
    const endpoint = await startMeddler("", {
      request: () => ({ status: 200, headers: { "content-type": "text/html" }, body: Buffer.from("<html></html>") }),
    })
    const { code, errors } = await probe([`gs://files?endpoint=${endpoint}`])
    expect(errors).toContain("The storage cannot be tried: UNAVAILABLE: ")
    expect(errors).not.toContain("Warning")
    expect(code).toBe(1)
  })
})

describe("objectos probe whose time is over", () => {
  const LATE = /^The storage was not tried within 8000 ms; --timeout gives more\.$/m

  it("stops what it tries, removes what it wrote, and tells no outcome of what it stopped", async () => {
    const double = await startGcsDouble()
    onTestFinished(() => double.stop())
    const storage = createGcsStorage({ endpoint: double.endpoint, projectId: double.projectId })
    onTestFinished(() => storage.close())
    await storage.createBucket("files")
    let isHeld = false
    let wasRemoving = false
    const afterwards: string[] = []
    // From the copies on, what is written gets no answer.
    const endpoint = await startMeddler(double.endpoint, {
      request: (asked) => {
        const isWrite = asked.method === "POST"
        isHeld ||= asked.url.includes("/rewriteTo/")
        wasRemoving ||= isHeld && asked.method === "DELETE"
        if (wasRemoving && isWrite) afterwards.push(asked.url)
        return isHeld && isWrite ? new Promise(() => {}) : asked
      },
    })
    const { code, errors } = await probe([`gs://files?endpoint=${endpoint}`, "--timeout", "8000"])
    expect(errors).toMatch(LATE)
    expect(errors).not.toMatch(/ABORTED|TIMEOUT|CLOSED/)
    expect(errors).not.toContain("exactKeys")
    expect(errors).not.toContain("Warning")
    expect([code, afterwards, wasRemoving]).toEqual([1, [], true])
    expect((await storage.list("files")).objects).toEqual([])
  })

  it("ends in time where nobody answers, and warns of what may be left", async () => {
    const endpoint = await startMeddler("", { request: () => new Promise(() => {}) })
    const start = performance.now()
    const { code, errors, output } = await probe([
      `gs://files?endpoint=${endpoint}&timeoutMs=60000&idleTimeoutMs=60000`,
      "--timeout",
      "8000",
      "--json",
    ])
    // What waits for an answer would wait for 60 s, and so would close.
    expect(performance.now() - start).toBeLessThan(50_000)
    expect(errors).toMatch(LATE)
    expect(errors).toContain("Warning: what was written is not all removed.\n")
    expect(JSON.parse(output)).toEqual({ error: { code: "TIMEOUT", message: expect.stringMatching(LATE) } })
    expect(code).toBe(1)
  })
})

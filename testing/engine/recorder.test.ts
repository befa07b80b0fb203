import { describe, expect, it } from "vitest"
import { type Files, filesMethods, MemoryFiles, resultOf } from "./files.fixture.ts"
import { Recorder } from "./recorder.ts"

async function openFile(files = new MemoryFiles()) {
  const recorder = new Recorder<MemoryFiles>(filesMethods, undefined)
  const client = recorder.record("connect", files)
  return { recorder, client, file: await client.open() }
}

describe("a clause that uses a handle", () => {
  it("passes where its methods do what it asserts", async () => {
    const result = await resultOf(async (t, counter) => {
      const file = await counter.open("a")
      t.equal(file.name, "a")
      t.equal(await file.text(), "onetwo")
    })
    expect(result).toMatchObject({ status: "passed" })
  })

  it.each([
    ["that was resolved", "open.fail() failed: Error: broken", async (files) => (await files.open("a")).fail()],
    ["that was given at once", "lock.break() failed: Error: locked", async (files) => files.lock().break()],
    [
      "of another handle",
      "open.lock.break() failed: Error: locked",
      async (files) => (await (await files.open("a")).lock()).break(),
    ],
  ] as [string, string, (files: Files) => Promise<unknown>][])(
    "fails by the name of the method of one %s",
    async (_, reason, call) => {
      const result = await resultOf(async (_t, counter) => void (await call(counter)))
      expect(result).toMatchObject({ failure: "assertion", reason })
    },
  )

  it("fails by the name of its method that hangs", async () => {
    const result = await resultOf(async (_t, counter) => void (await (await counter.open("a")).hang()))
    expect(result).toMatchObject({ failure: "timeout", reason: expect.stringContaining("open.hang() did not settle") })
  })
})

describe("a recorded handle", () => {
  it("is the same object each time", async () => {
    const { client, file } = await openFile()
    expect(await client.open()).toBe(file)
  })

  it("is given back to its service as its own", async () => {
    const { client, file } = await openFile()
    expect(await client.same(file, { other: file })).toBe(true)
  })

  it("throws once the clause is over", async () => {
    const { file, recorder } = await openFile()
    recorder.end()
    expect(() => file.text()).toThrow("the clause is over")
  })
})

describe("a recorded stream of a handle", () => {
  it("counts as an answer for each step", async () => {
    const { file, recorder } = await openFile()
    const before = recorder.answers.count
    for await (const _ of file.lines());
    // The call, two lines and the end.
    expect(recorder.answers.count - before).toBe(4)
  })

  it("stays readable where it was", async () => {
    const { file, recorder } = await openFile()
    const before = recorder.answers.count
    const stream = file.stream()
    expect(stream).toBeInstanceOf(ReadableStream)
    const lines: string[] = []
    for await (const line of stream) lines.push(line)
    expect(lines).toEqual(["one", "two"])
    expect(recorder.answers.count - before).toBe(4)
  })

  it("is cancelled where its reader gives it up, also before the first step", async () => {
    const files = new MemoryFiles()
    const { file } = await openFile(files)
    await file.stream().cancel()
    expect(files.cancelled).toBe(1)
  })

  it("may come as a promise from another process, and be walked or read", async () => {
    const lines = async function* () {
      yield "one"
    }
    const stream = () => Object.assign(Promise.resolve(lines()), { [Symbol.asyncIterator]: lines })
    const recorder = new Recorder<{ stream(): ReadableStream<string> }>(
      { stream: { kind: "stream", idempotent: true } },
      undefined,
    )
    const client = recorder.watch("connect", { stream })
    const first = await client.stream().getReader().read()
    expect(first.value).toBe("one")
  })
})

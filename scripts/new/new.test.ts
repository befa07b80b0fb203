import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import { addAdapter } from "./adapter.ts"
import { adapterNames, platformName, serviceNames } from "./names.ts"
import { addService } from "./service.ts"
import { Tree } from "./tree.ts"

const root = join(import.meta.dirname, "..", "..")
const notes = serviceNames("notes")

/** The repository as it is, with some files as they are given. Nothing is saved. */
class Changed extends Tree {
  readonly #files: Readonly<Record<string, string>>

  constructor(files: Readonly<Record<string, string>>) {
    super(root)
    this.#files = files
  }

  override read(path: string): string {
    return this.#files[path] ?? super.read(path)
  }
}

describe("names", () => {
  it("are derived of one word", () => {
    expect(serviceNames("i18n")).toEqual({ name: "i18n", type: "I18n", upper: "I18N" })
    expect(adapterNames(notes, "lru-cache")).toMatchObject({ type: "LruCacheNotes", variable: "lruCacheNotes" })
  })

  it.each(["", "Notes", "rate-limit", "a", "1st", "no tes", "../up"])("refuse %j as a service", (name) => {
    expect(() => serviceNames(name)).toThrow("must be one word of lower-case letters and digits; got")
  })

  it.each(["foundation", "kit", "delete", "health"])("refuse %j, which means something else", (name) => {
    expect(() => serviceNames(name)).toThrow(`No service can be called ${name}.`)
  })

  it.each(["", "Redis", "-bus", "a--b", "a/b"])("refuse %j as an adapter", (name) => {
    expect(() => adapterNames(notes, name)).toThrow("must be words of lower-case letters and digits")
  })

  it("are those of the platform, or say which of them is meant", () => {
    expect([platformName("queue", undefined), platformName("notes", "data")]).toEqual(["queue", "data"])
    expect(() => platformName("notes", undefined)).toThrow("say --platform with one of metadata, data,")
  })
})

describe("what is there already", () => {
  it("is refused", () => {
    const tree = new Tree(root)
    expect(() => addService(tree, serviceNames("cache"), "cache")).toThrow("There is a service cache already.")
    expect(() => addAdapter(tree, adapterNames(serviceNames("cache"), "redis"))).toThrow(
      "There is an adapter redis of cache already.",
    )
    expect(() => addAdapter(tree, adapterNames(serviceNames("unheard"), "memory"))).toThrow(
      "There is no service unheard.",
    )
  })
})

describe("a name that means something else", () => {
  it.each(["contracts", "core", "adapters", "testing"])("refuses %s as a service, an entry point", (name) => {
    expect(() => addService(new Tree(root), serviceNames(name), "data")).toThrow(
      `There is an entry point ./${name} already.`,
    )
  })

  it.each([
    ["map", "Map"],
    ["date", "Date"],
    ["error", "Error"],
    ["clock", "Clock"],
    ["logger", "Logger"],
  ])("refuses %s as a service, whose type is taken", (name, type) => {
    const taken = `The name ${name} must be another one, since ${type} is taken.`
    expect(() => addService(new Tree(root), serviceNames(name), "data")).toThrow(taken)
  })

  it.each([
    ["cache", "as"],
    ["queue", "as"],
  ])("refuses the adapter %s %s, of which something is taken", (service, name) => {
    expect(() => addAdapter(new Tree(root), adapterNames(serviceNames(service), name))).toThrow(
      /^The name \w+ must be another one, since \w+ is taken\.$/,
    )
  })

  it("refuses no other", () => {
    addService(new Tree(root), notes, "data")
    addAdapter(new Tree(root), adapterNames(serviceNames("cache"), "near-cache"))
  })
})

describe("a failure behind the writing", () => {
  it("leaves everything as it was", async () => {
    const folder = mkdtempSync(join(tmpdir(), "objectos-tree-"))
    try {
      writeFileSync(join(folder, "kept.ts"), "before")
      writeFileSync(join(folder, "package.json"), "{}")
      const tree = new Tree(folder)
      tree.create("new/deep/one.ts", "new")
      tree.create("beside.ts", "new")
      tree.edit("kept.ts", () => "after")
      const finish = async () => {
        writeFileSync(join(folder, "package.json"), "changed")
        throw new Error("no")
      }
      await expect(tree.save(finish, ["package.json"])).rejects.toThrow("no")
      expect(readdirSync(folder).sort()).toEqual(["kept.ts", "package.json"])
      expect(readFileSync(join(folder, "kept.ts"), "utf8")).toBe("before")
      expect(readFileSync(join(folder, "package.json"), "utf8")).toBe("{}")
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
})

describe("a file that lists services", () => {
  it.each([
    "core/service-list.ts",
    "contracts/services.ts",
    "adapters/manifest.ts",
    "core/index.ts",
    "testing/contracts.ts",
  ])("%s is refused by name where it does not look as expected", (path) => {
    const tree = new Changed({ [path]: "export {}\n" })
    expect(() => addService(tree, serviceNames("unheard"), "data")).toThrow(`${path} does not look as expected`)
  })
})

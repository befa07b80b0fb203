import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { UsageError } from "./names.ts"

/** Files as they will be. Nothing is written before `save`, so that a mistake leaves everything as it was. */
export class Tree {
  readonly root: string
  readonly #changed = new Map<string, string>()

  constructor(root: string) {
    this.root = root
  }

  exists(path: string): boolean {
    return this.#changed.has(path) || existsSync(join(this.root, path))
  }

  read(path: string): string {
    if (!this.exists(path)) throw new UsageError(`There is no file ${path}.`)
    return this.#changed.get(path) ?? readFileSync(join(this.root, path), "utf8")
  }

  create(path: string, text: string): void {
    if (this.exists(path)) throw new UsageError(`There is a file ${path} already.`)
    this.#changed.set(path, text)
  }

  /** Makes changes to a file one after the other. */
  edit(path: string, ...changes: readonly ((text: string, path: string) => string)[]): void {
    this.#changed.set(
      path,
      changes.reduce((text, change) => change(text, path), this.read(path)),
    )
  }

  /**
   * Writes everything and then does what is left; where either fails, all files are as they were, `others` included.
   *
   * @returns The paths of what was written.
   */
  async save(finish: (written: readonly string[]) => Promise<void>, others: readonly string[] = []): Promise<string[]> {
    const written = [...this.#changed.keys()]
    const before = new Map([...others, ...written].map((path) => [path, this.#stored(path)]))
    const folders: string[] = []
    try {
      for (const [path, text] of this.#changed) {
        const folder = mkdirSync(dirname(join(this.root, path)), { recursive: true })
        if (folder !== undefined) folders.push(folder)
        writeFileSync(join(this.root, path), text)
      }
      await finish(written)
    } catch (error) {
      for (const [path, text] of before) {
        if (text === undefined) rmSync(join(this.root, path), { force: true })
        else writeFileSync(join(this.root, path), text)
      }
      for (const folder of folders) rmSync(folder, { recursive: true, force: true })
      throw error
    }
    return written
  }

  #stored(path: string): string | undefined {
    const file = join(this.root, path)
    return existsSync(file) ? readFileSync(file, "utf8") : undefined
  }
}

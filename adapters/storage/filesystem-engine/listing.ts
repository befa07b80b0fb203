import { lstat } from "node:fs/promises"
import { ServiceError } from "../../../contracts/foundation/errors.ts"
import type { ListedObject, ListPage } from "../../../contracts/storage/object.ts"
import type { ListOptions } from "../../../contracts/storage/options.ts"
import { cursorBehind, groupOf, type KeyPage, type Place, placeBefore } from "../../../core/storage/for-adapters.ts"
import { unless } from "./files.ts"
import { decodeKey, directoryOf, encodeKey, isObjectText, nameOfText, textOfName } from "./key-path.ts"
import { mapSome } from "./map-some.ts"
import { ObjectFile } from "./object-file.ts"
import type { StoredInfo } from "./trailer.ts"
import { ABSENT, entriesOf, type Tree } from "./tree.ts"

/** Files that are open at once for one page. */
const AT_ONCE = 16

/** The page that options ask for. */
export async function listObjects(tree: Tree, bucket: string, options: ListOptions): Promise<ListPage> {
  const { keys, ...page } = await listKeys(tree, bucket, options)
  const objects = await mapSome(keys, AT_ONCE, (key) => listedObject(tree, bucket, key))
  return { ...page, objects: objects.filter((object) => object !== undefined) }
}

/** Undefined for what was deleted meanwhile. */
async function listedObject(tree: Tree, bucket: string, key: string): Promise<ListedObject | undefined> {
  const path = tree.object(bucket, key)
  try {
    const file = await ObjectFile.open(path)
    file?.close()
    return file && { bucket, key, ...listedOf(file.stored) }
  } catch (error) {
    if (!ServiceError.is(error)) throw error
    // Its file was cut. It stands there all the same, and can be deleted.
    const stats = await unless(ABSENT, lstat(path))
    return stats && { bucket, key, size: stats.size, etag: "corrupt", lastModified: stats.mtime }
  }
}

function listedOf({ etag, lastModified, size }: StoredInfo): Omit<ListedObject, "bucket" | "key"> {
  return { size, etag, lastModified: new Date(lastModified) }
}

async function listKeys(tree: Tree, bucket: string, options: ListOptions): Promise<KeyPage> {
  const walk = new Walk(options)
  const prefix = encodeKey(options.prefix ?? "")
  const segments = prefix.slice(0, prefix.lastIndexOf("/") + 1)
  const start = `${tree.objects(bucket)}/${directoryOf(segments)}`
  if (await tree.isThere(start.slice(0, -1))) await walk.enter(start, segments)
  else await tree.requireBucket(bucket)
  return walk.page
}

/**
 * A walk over keys in their order. It reads the directories that can hold a key of the page, and none behind it. All of
 * it is in encoded text, which has the order of the keys.
 */
class Walk {
  readonly #options: ListOptions
  readonly #limit: number
  readonly #prefix: string
  /** Keys up to it were on earlier pages. */
  readonly #from: string | undefined
  /** What begins with it is listed, as a group. */
  #group: string | undefined
  #last: Place | undefined
  readonly #keys: string[] = []
  readonly #prefixes: string[] = []
  #cursor: string | undefined

  constructor(options: ListOptions) {
    const place = placeBefore(options)
    this.#options = options
    this.#limit = options.limit ?? 1000
    this.#prefix = encodeKey(options.prefix ?? "")
    this.#last = place
    this.#from = place && encodeKey(place.text)
    this.#group = place?.kind === "prefix" ? this.#from : undefined
  }

  get page(): KeyPage {
    return {
      keys: this.#keys,
      prefixes: this.#prefixes,
      ...(this.#cursor !== undefined && { cursor: this.#cursor }),
    }
  }

  /** All keys below a directory, which begin with `base`. @returns False once the page is full. */
  async enter(directory: string, base: string): Promise<boolean> {
    const texts: string[] = []
    for (const entry of await entriesOf(directory)) {
      const text = textOfName(entry.name)
      if (text === undefined) continue
      const isObject = isObjectText(text)
      if (!(isObject ? entry.isFile() : entry.isDirectory())) continue
      if (isObject ? this.#wantsKey(base + text) : this.#wantsBelow(base + text)) texts.push(text)
    }
    for (const text of texts.sort()) {
      if (this.#isListed(base + text)) continue
      const goesOn = isObjectText(text)
        ? this.#take(base + text)
        : await this.enter(`${directory}${nameOfText(text)}/`, base + text)
      if (!goesOn) return false
    }
    return true
  }

  #wantsKey(key: string): boolean {
    return key.startsWith(this.#prefix) && (this.#from === undefined || key > this.#from)
  }

  /** Whether a key that begins so can be wanted. */
  #wantsBelow(begin: string): boolean {
    const isInPrefix = begin.startsWith(this.#prefix) || this.#prefix.startsWith(begin)
    return isInPrefix && (this.#from === undefined || begin > this.#from || this.#from.startsWith(begin))
  }

  #isListed(begin: string): boolean {
    return this.#group !== undefined && begin.startsWith(this.#group)
  }

  #take(encoded: string): boolean {
    const key = decodeKey(encoded)
    if (key === undefined) return true
    if (this.#keys.length + this.#prefixes.length === this.#limit && this.#last !== undefined) {
      this.#cursor = cursorBehind(this.#last, this.#options)
      return false
    }
    const group = groupOf(key, this.#options.prefix ?? "", this.#options.delimiter)
    this.#last = group === undefined ? { kind: "key", text: key } : { kind: "prefix", text: group }
    this.#group = group && encodeKey(group)
    if (group === undefined) this.#keys.push(key)
    else this.#prefixes.push(group)
    return true
  }
}

/**
 * Names on the server. Neither a prefix nor an object has a dot, so that of two prefixes none reaches the indexes of the
 * other one, and no object is called as an index is.
 *
 * `shop.books` is an alias; it leads to the index `shop.books.000001`, which has an alias of its own, `shop.books.000001.w`.
 * While the index is built anew, the alias `shop.books.next` leads to the new one.
 */
export class Names {
  readonly #prefix: string

  constructor(prefix: string) {
    this.#prefix = `${prefix}.`
  }

  /** Where searches look, and writes go. */
  alias(object: string): string {
    return this.#prefix + object
  }

  /** Leads to the index that is being built. */
  next(object: string): string {
    return `${this.alias(object)}.next`
  }

  index(object: string, generation: number): string {
    return `${this.alias(object)}.${String(generation).padStart(6, "0")}`
  }

  /** All indexes of an object. */
  indexesOf(object: string): string {
    return `${this.alias(object)}.*`
  }

  /** All indexes of all objects. */
  get all(): string {
    return `${this.#prefix}*`
  }

  /** What an index is called by, or undefined of a name that is not ours. */
  parse(index: string): { readonly object: string; readonly generation: number } | undefined {
    if (!index.startsWith(this.#prefix)) return undefined
    const [object = "", generation = "", ...more] = index.slice(this.#prefix.length).split(".")
    return /^\d{6,}$/.test(generation) && more.length === 0 ? { object, generation: Number(generation) } : undefined
  }
}

/** Only writes go there, so that none of them ever makes an index. */
export function ownAlias(index: string): string {
  return `${index}.w`
}

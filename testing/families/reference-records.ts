import { typeName, utf8Length } from "../../contracts/foundation/text.ts"
import { ReferenceService, ReferenceStore } from "../foundation/reference-service.ts"

/** What is stored under a key. */
export interface ReferenceRecord {
  readonly value: unknown
}

export class RecordStore<Stored extends ReferenceRecord = ReferenceRecord> extends ReferenceStore {
  readonly entries = new Map<string, Stored>()
}

/** Stands for bytes that cannot be decoded. */
export const SPOILT = Symbol("spoilt")

/** What every reference has that keeps values under names: exact keys, plain data by value, a namespace in a shared store. */
export abstract class ReferenceRecords<
  Stored extends ReferenceRecord = ReferenceRecord,
  Store extends RecordStore<Stored> = RecordStore<Stored>,
> extends ReferenceService<Store> {
  abstract readonly capabilities: { readonly maxKeyBytes: number; readonly maxValueBytes: number }
  /** Says why a key is refused, or undefined. */
  abstract keyIssue(key: unknown): string | undefined
  /** Says why a value is refused, or undefined. */
  abstract valueIssue(value: unknown): string | undefined

  checkKey(key: unknown): void {
    this.refuseIf(this.keyIssue(key))
  }

  checkKeys(keys: unknown): void {
    this.refuseIf(Array.isArray(keys) ? undefined : `Keys must be an array; got ${typeName(keys)}.`)
    for (const key of keys as unknown[]) this.checkKey(key)
  }

  checkValue(value: unknown): void {
    this.refuseIf(this.valueIssue(value))
    this.checkSize(value)
  }

  checkSize(value: unknown): void {
    const { maxValueBytes } = this.capabilities
    if (sizeOf(value) > maxValueBytes) this.refuse("LIMIT_EXCEEDED", `A value has at most ${maxValueBytes} bytes.`)
  }

  /** Begins every stored key of this service. Its length in front keeps one namespace from beginning another. */
  prefix(): string {
    return `${this.namespace.length}:${this.namespace}:`
  }

  encodeKey(key: string): string {
    return key
  }

  storedKey(key: string): string {
    return this.prefix() + this.encodeKey(key)
  }

  storedKeys(): string[] {
    return [...this.store.entries.keys()].filter((stored) => stored.startsWith(this.prefix()))
  }

  liveKeys(): string[] {
    const live = this.storedKeys().filter((stored) => this.isLive(this.store.entries.get(stored)))
    return live.map((stored) => stored.slice(this.prefix().length))
  }

  isLive(entry: Stored | undefined): entry is Stored {
    return entry !== undefined
  }

  find(key: string): Stored | undefined {
    const entry = this.store.entries.get(this.storedKey(key))
    return this.isLive(entry) ? entry : undefined
  }

  read(key: string): unknown {
    const entry = this.find(key)
    if (entry?.value === SPOILT) this.refuse("CORRUPT", "What is stored cannot be decoded.")
    return entry === undefined ? undefined : this.copyOut(entry.value)
  }

  remove(key: string): boolean {
    const live = this.find(key) !== undefined
    this.store.entries.delete(this.storedKey(key))
    return live
  }

  copyIn(value: unknown): unknown {
    return structuredClone(value)
  }

  copyOut(value: unknown): unknown {
    return structuredClone(value)
  }
}

/** Bytes of the text and the binary members, and eight for all others. */
function sizeOf(value: unknown): number {
  if (typeof value === "string") return utf8Length(value)
  if (value instanceof Uint8Array) return value.byteLength
  if (typeof value !== "object" || value === null) return 8
  const members = Symbol.iterator in value ? [...(value as Iterable<unknown>)] : Object.entries(value)
  return members.reduce<number>((size, member) => size + sizeOf(member), 8)
}

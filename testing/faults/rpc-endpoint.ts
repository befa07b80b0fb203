import { ServiceError } from "../../contracts/foundation/errors.ts"
import { readableOf } from "../engine/readable.ts"
import { isPlainObjectOrArray, type LiveRef, pack, type Ref, unpack, type Wire } from "./wire.ts"

/** What two processes say to each other: a call, what came of one, or that a signal was aborted. */
export type Message =
  | {
      readonly kind: "call"
      readonly id: number
      readonly target: number
      /** Undefined where the target is itself a function. */
      readonly method: string | undefined
      readonly args: Wire
    }
  | { readonly kind: "fulfilled" | "rejected"; readonly id: number; readonly outcome: Wire }
  | { readonly kind: "abort"; readonly target: number; readonly reason: Wire }

export interface RpcEndpointOptions {
  readonly send: (message: Message) => void
  /** What the other side reaches from the start, as target 0. */
  readonly root?: object
  /** Whether objects with methods cross as handles, which call back. Otherwise instances of classes are refused. */
  readonly handles?: boolean
}

/**
 * One of two sides that call each other by messages. Functions, handles, signals and streams stay where they are: the
 * other side gets a stub, the same one each time, and a stub that comes back is the thing itself again.
 */
export class RpcEndpoint {
  readonly #send: (message: Message) => void
  readonly #handles: boolean
  /** Things of this side that the other one reaches, and their ids. */
  readonly #things = new Map<number, object>()
  readonly #ids = new Map<object, number>()
  /** Things of the other side, and their ids. */
  readonly #stubs = new Map<number, object>()
  readonly #homes = new WeakMap<object, number>()
  readonly #controllers = new Map<number, AbortController>()
  readonly #pending = new Map<number, { resolve(value: unknown): void; reject(error: unknown): void }>()
  /** Takes back the listeners on signals of this side. */
  readonly #forgets = new Set<() => void>()
  readonly #onTheWay = new Set<object>()
  #latestThing = 0
  #latestCall = 0
  #over = false

  constructor({ handles = false, root, send }: RpcEndpointOptions) {
    this.#send = send
    this.#handles = handles
    if (root !== undefined) this.#things.set(0, root)
  }

  /** How many things of this side the other one reaches. */
  get size(): number {
    return this.#things.size
  }

  /** Lets the other side reach `thing`. @returns Its id, the same one each time. */
  share(thing: object): number {
    const known = this.#ids.get(thing)
    if (known !== undefined) return known
    const id = ++this.#latestThing
    this.#ids.set(thing, id)
    this.#things.set(id, thing)
    return id
  }

  /** What a call gives can be awaited, or walked where it is a stream: which of the two is wanted is not known. */
  call(
    target: number,
    method: string | undefined,
    args: readonly unknown[],
  ): Promise<unknown> & AsyncIterable<unknown> {
    const outcome = this.#ask(target, method, args)
    const walk = (): AsyncIterator<unknown> => {
      const steps = outcome.then((stream) => (stream as AsyncIterable<unknown>)[Symbol.asyncIterator]())
      // The first step tells of it, which may be taken later.
      steps.catch(() => {})
      const end = async () => ({ done: true as const, value: await (await steps).return?.() })
      return { next: async () => (await steps).next(), return: end }
    }
    return Object.assign(outcome, { [Symbol.asyncIterator]: walk })
  }

  receive(message: Message): void {
    if (message.kind === "call") void this.#answer(message)
    else if (message.kind === "abort") this.#controllers.get(message.target)?.abort(this.#unpack(message.reason))
    else {
      const call = this.#pending.get(message.id)
      this.#pending.delete(message.id)
      const outcome = this.#unpack(message.outcome)
      if (message.kind === "fulfilled") call?.resolve(outcome)
      else call?.reject(outcome)
    }
  }

  /** Nothing is sent any more: what is under way is rejected, and what the other side reached is released. */
  end(): void {
    this.#over = true
    for (const { reject } of this.#pending.values()) {
      reject(new ServiceError("TIMEOUT", "The process of this client has ended."))
    }
    this.#pending.clear()
    this.release()
  }

  /** The other side reaches nothing of this one any more. */
  release(): void {
    this.#things.clear()
    this.#ids.clear()
    this.#stubs.clear()
    this.#controllers.clear()
    for (const forget of this.#forgets) forget()
    this.#forgets.clear()
  }

  async #ask(target: number, method: string | undefined, args: readonly unknown[]): Promise<unknown> {
    if (this.#over) throw new ServiceError("CLOSED", "The process of this client has ended.")
    const id = ++this.#latestCall
    const call = { kind: "call", id, target, method, args: this.#pack(args, "arguments") } as const
    return new Promise((resolve, reject) => {
      this.#pending.set(id, { resolve, reject })
      this.#send(call)
    })
  }

  async #answer({ args, id, method, target }: Message & { kind: "call" }): Promise<void> {
    try {
      const value = await this.#run(target, method, this.#unpack(args) as unknown[])
      this.#tell({ kind: "fulfilled", id, outcome: this.#pack(value, "result") })
    } catch (error) {
      this.#tell({ kind: "rejected", id, outcome: this.#packReason(error) })
    }
  }

  #run(target: number, method: string | undefined, args: readonly unknown[]): unknown {
    const thing = this.#things.get(target)
    if (thing === undefined) throw new ServiceError("CLOSED", "The object was released when its client was closed.")
    const run = method === undefined ? thing : (thing as Record<string, unknown>)[method]
    if (typeof run !== "function") throw new TypeError(`client.${method} is not a function`)
    return Reflect.apply(run, method === undefined ? undefined : thing, args)
  }

  #tell(message: Message): void {
    if (!this.#over) this.#send(message)
  }

  #pack(value: unknown, name: string): Wire {
    return pack(value, name, (each) => this.#refOf(each))
  }

  /** Whatever was thrown: where it cannot be sent, its text. */
  #packReason(reason: unknown): Wire {
    try {
      return this.#pack(reason, "reason")
    } catch {
      return this.#pack(new Error(String(reason)), "reason")
    }
  }

  #refOf(value: object): Ref | undefined {
    const home = this.#homes.get(value)
    if (home !== undefined) return { kind: "home", id: home }
    if (typeof value === "function") return { kind: "function", id: this.share(value) }
    if (value instanceof AbortSignal) return this.#signalRef(value)
    if (Symbol.asyncIterator in value) {
      const readable = value instanceof ReadableStream
      return { kind: "stream", id: this.share(stepsOf(value as AsyncIterable<unknown>)), readable }
    }
    return this.#handles ? this.#handleRef(value) : undefined
  }

  #signalRef(signal: AbortSignal): Ref {
    const isNew = !this.#ids.has(signal)
    const id = this.share(signal)
    if (isNew) {
      const abort = () => this.#tell({ kind: "abort", target: id, reason: this.#packReason(signal.reason) })
      signal.addEventListener("abort", abort, { once: true })
      this.#forgets.add(() => signal.removeEventListener("abort", abort))
    }
    return { kind: "signal", id, aborted: signal.aborted ? this.#packReason(signal.reason) : undefined }
  }

  /** Of an object with methods. Its other members go along as they are now: of an instance of a class, its data and signals. */
  #handleRef(value: object): Ref | undefined {
    if (Array.isArray(value)) return undefined
    const methods: string[] = []
    const members: [name: string, value: unknown][] = []
    for (const name of namesOf(value)) {
      const member = readOf(value, name)
      if (typeof member === "function") methods.push(name)
      else if (isPlainObjectOrArray(value) || member instanceof AbortSignal || isData(member)) {
        members.push([name, member])
      }
    }
    if (methods.length === 0 || methods.includes("then")) return undefined
    const id = this.share(value)
    // One that refers to itself has its members already on the way.
    if (this.#onTheWay.has(value)) return { kind: "handle", id, methods, members: this.#pack({}, "handle") }
    this.#onTheWay.add(value)
    try {
      return { kind: "handle", id, methods, members: this.#pack(Object.fromEntries(members), "handle") }
    } finally {
      this.#onTheWay.delete(value)
    }
  }

  #unpack(wire: Wire): unknown {
    return unpack(wire, (ref) => this.#thingOf(ref))
  }

  #thingOf(ref: LiveRef): unknown {
    if (ref.kind === "home") return this.#things.get(ref.id)
    if (ref.kind === "stream") return this.#streamOf(ref.id, ref.readable)
    const stub = this.#stubs.get(ref.id) ?? this.#stubOf(ref)
    this.#stubs.set(ref.id, stub)
    this.#homes.set(stub, ref.id)
    return ref.kind === "handle" ? Object.assign(stub, this.#unpack(ref.members)) : stub
  }

  #stubOf(ref: Exclude<LiveRef, { kind: "home" | "stream" }>): object {
    switch (ref.kind) {
      case "function":
        return (...args: unknown[]) => {
          const outcome = this.call(ref.id, undefined, args)
          // Nobody awaits a listener, and one that throws must not end this process.
          outcome.catch(() => {})
          return outcome
        }
      case "handle":
        return Object.fromEntries(ref.methods.map((name) => [name, this.#method(ref.id, name)]))
      case "signal": {
        const controller = new AbortController()
        this.#controllers.set(ref.id, controller)
        if (ref.aborted !== undefined) controller.abort(this.#unpack(ref.aborted))
        return controller.signal
      }
    }
  }

  /** The stream whose steps are on the other side. */
  #streamOf(id: number, readable: boolean): AsyncIterable<unknown> {
    const next = this.#method(id, "next") as () => Promise<IteratorResult<unknown>>
    const end = () => this.call(id, "return", []).then(() => ({ done: true as const, value: undefined }))
    if (!readable) return { [Symbol.asyncIterator]: () => ({ next, return: end }) }
    return readableOf(next, end)
  }

  #method(id: number, name: string): (...args: readonly unknown[]) => Promise<unknown> {
    return (...args) => this.call(id, name, args)
  }
}

/** Names of all members, those of its classes included. */
function namesOf(value: object): Set<string> {
  const names = new Set(Object.getOwnPropertyNames(value))
  for (let each = value; !isPlainObjectOrArray(each); each = Object.getPrototypeOf(each)) {
    for (const name of Object.getOwnPropertyNames(Object.getPrototypeOf(each))) names.add(name)
  }
  names.delete("constructor")
  return names
}

/** A getter may throw, and then there is nothing to send along. */
function readOf(value: object, name: string): unknown {
  try {
    return (value as Record<string, unknown>)[name]
  } catch {
    return undefined
  }
}

function isData(value: unknown): boolean {
  try {
    pack(value, "", () => undefined)
    return true
  } catch {
    return false
  }
}

/** The steps of a stream as methods that the other side calls. */
function stepsOf(stream: AsyncIterable<unknown>): object {
  const iterator = stream[Symbol.asyncIterator]()
  return { next: () => iterator.next(), return: async () => void (await iterator.return?.()) }
}

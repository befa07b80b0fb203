import { ServiceError } from "../../contracts/foundation/errors.ts"
import { Turns } from "./turns.ts"

type Source<T> = Iterable<T> | AsyncIterable<T>
type Visit<T> = (item: T) => void | Promise<void>
type Step<T> = IteratorResult<T | PromiseLike<T>, unknown>

/** What callers give to be read. It may come late, or without end, until all is closed. */
export class Sources {
  #closed = false
  readonly #waiting = new Set<() => void>()

  /**
   * Each item, in short turns of the event loop. A visit that gives a promise is waited for.
   *
   * @throws ServiceError CLOSED as soon as all is closed.
   */
  async forEach<T>(source: Source<T>, visit: Visit<T>): Promise<void> {
    const turns = new Turns()
    const iterator = iteratorOf(source)
    // One that fails has ended by itself.
    let isOpen = false
    try {
      while (!this.#closed) {
        isOpen = false
        const step = this.#settled(iterator.next())
        const { done, value } = checked(isLater(step) ? await step : step)
        if (done === true) return
        isOpen = true
        const item = this.#settled(value)
        const visited = visit(isLater(item) ? await item : item)
        if (isLater(visited)) await visited
        if (turns.isOver) await turns.pass()
      }
      throw closed()
    } catch (error) {
      if (isOpen || this.#closed) await this.#endOf(iterator)
      throw error
    }
  }

  close(): void {
    this.#closed = true
    for (const end of this.#waiting) end()
  }

  /** What comes later is waited for until all is closed. */
  #settled<T>(value: T | PromiseLike<T>): T | Promise<T> {
    if (!isLater(value)) return value
    return new Promise((resolve, reject) => {
      const end = () => reject(closed())
      this.#waiting.add(end)
      Promise.resolve(value)
        .then(resolve, reject)
        .finally(() => this.#waiting.delete(end))
    })
  }

  /** An iterator that hangs would never end. */
  async #endOf<T>(iterator: Iterator<T> | AsyncIterator<T>): Promise<void> {
    const end = Promise.resolve(iterator.return?.()).catch(() => {})
    if (!this.#closed) await this.#settled(end)
  }
}

function iteratorOf<T>(source: Source<T>): Iterator<T> | AsyncIterator<T> {
  const { [Symbol.asyncIterator]: later } = source as AsyncIterable<T>
  const iterator = later === undefined ? (source as Iterable<T>)[Symbol.iterator]() : later.call(source)
  if (typeof (iterator as Iterator<T> | undefined)?.next === "function") return iterator
  throw new ServiceError("INVALID_ARGUMENT", "What is iterated must give an iterator; got something else.")
}

function isLater<T>(value: T | PromiseLike<T>): value is PromiseLike<T> {
  return typeof (value as PromiseLike<T> | undefined)?.then === "function"
}

function checked<T>(step: Step<T>): Step<T> {
  if (typeof step === "object" && step !== null) return step
  throw new ServiceError("INVALID_ARGUMENT", "What is iterated must give { done, value }; got something else.")
}

function closed(): ServiceError {
  return new ServiceError("CLOSED", "The service was closed before what it reads had ended.")
}

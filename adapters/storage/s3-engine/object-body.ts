import type { Readable } from "node:stream"
import { type ByteReader, cutShort } from "../../../core/storage/for-adapters.ts"
import { Failure } from "./failures.ts"

/** The body of an object on its way here. */
export class ObjectBody implements ByteReader {
  readonly #stream: Readable
  #pieces: AsyncIterator<Uint8Array> | undefined
  #onRelease = () => {}

  constructor(stream: Readable) {
    this.#stream = stream
    // What it fails with after its release concerns nobody.
    stream.on("error", () => {})
  }

  async next(): Promise<Uint8Array | undefined> {
    try {
      return await this.#pull()
    } catch (error) {
      throw cutShort(error)
    }
  }

  /**
   * The whole of it.
   *
   * @throws Failure, or what the stream fails with.
   */
  all(length: number): Promise<Uint8Array> {
    const bytes = new Uint8Array(length)
    let at = 0
    return new Promise((resolve, reject) => {
      this.#stream
        .on("data", (piece: Uint8Array) => {
          if (at + piece.length > length) reject(new Failure("foreign"))
          else bytes.set(piece, at)
          at += piece.length
        })
        .on("end", () => (at < length ? reject(new Failure("lost")) : resolve(bytes)))
        .on("error", reject)
        .on("close", () => reject(new Failure("lost")))
    })
  }

  onRelease(listener: () => void): void {
    this.#onRelease = listener
  }

  release(): void {
    this.#stream.destroy()
    this.#onRelease()
  }

  async #pull(): Promise<Uint8Array | undefined> {
    this.#pieces ??= this.#stream[Symbol.asyncIterator]() as AsyncIterator<Uint8Array>
    const { done, value } = await this.#pieces.next()
    return done ? undefined : value
  }
}

import type { Readable } from "node:stream"
import { type ByteReader, cutShort } from "../../../core/storage/for-adapters.ts"
import { Failure } from "./failures.ts"

/** The body of an object on its way here. */
export class ObjectBody implements ByteReader {
  readonly #stream: Readable
  readonly #pieces: AsyncIterator<Uint8Array>
  #onRelease = () => {}

  constructor(stream: Readable) {
    this.#stream = stream
    // What it fails with after its release concerns nobody.
    stream.on("error", () => {})
    this.#pieces = stream[Symbol.asyncIterator]()
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
  async all(length: number): Promise<Uint8Array> {
    const bytes = new Uint8Array(length)
    let at = 0
    for (let piece = await this.#pull(); piece !== undefined; piece = await this.#pull()) {
      if (at + piece.length > length) throw new Failure("foreign")
      bytes.set(piece, at)
      at += piece.length
    }
    if (at < length) throw new Failure("lost")
    return bytes
  }

  onRelease(listener: () => void): void {
    this.#onRelease = listener
  }

  release(): void {
    this.#stream.destroy()
    this.#onRelease()
  }

  async #pull(): Promise<Uint8Array | undefined> {
    const { done, value } = await this.#pieces.next()
    return done ? undefined : value
  }
}

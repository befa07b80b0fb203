import { kindOf } from "../../contracts/foundation/plain-object.ts"

interface Watcher {
  /** Told of what the body fails with. */
  onFailure(error: unknown): void
  /** Told when the body was read to its end, has failed, or is cancelled. */
  onEnd?: (() => void) | undefined
  /** Where the body is read: what it reads from then runs there too. Default: where it is asked for. */
  within?: Within | undefined
  /** Ends the connection that it is sent on; where there is none, its reader gets an error. */
  cut?: (() => void) | undefined
}

/**
 * The same answer, whose watcher is told when its body fails. Whoever reads it sees no more than that it ends early. What
 * fails once they have gone is no failure.
 */
export function watched(response: Response, { cut, onEnd, onFailure, within }: Watcher): Response {
  const reader = response.body?.getReader()
  if (reader === undefined) return response
  let isCancelled = false
  const pull = async (controller: ReadableStreamDefaultController) => {
    try {
      const { done, value } = await reader.read()
      if (isCancelled) return
      if (!done) return controller.enqueue(bytes(value))
      controller.close()
      onEnd?.()
    } catch (error) {
      if (isCancelled) return
      onFailure(error)
      onEnd?.()
      // The end of the connection cancels the stream.
      if (cut === undefined) controller.error(new Error("The answer ended early."))
      else cut()
    }
  }
  const cancel = (reason: unknown) => {
    isCancelled = true
    onEnd?.()
    return reader.cancel(reason)
  }
  const source = within === undefined ? { pull, cancel } : bound({ pull, cancel }, within)
  return new Response(new ReadableStream(source, { highWaterMark: 0 }), response)
}

type Within = <T>(read: () => T) => T

function bound<To>(
  { cancel, pull }: Required<Pick<UnderlyingDefaultSource<To>, "cancel" | "pull">>,
  within: Within,
): UnderlyingDefaultSource<To> {
  return {
    pull: (controller) => within(() => pull(controller)),
    cancel: (reason) => within(() => cancel(reason)),
  }
}

function bytes(piece: unknown): Uint8Array {
  if (piece instanceof Uint8Array) return piece
  throw new TypeError(`The body of an answer must be bytes, as Uint8Array; got ${kindOf(piece)}.`)
}

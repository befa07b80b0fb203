import type { QueueMessage } from "../../contracts/queue/queue.ts"

/** A handler that keeps what it is given, and says when it has been called so many times. */
export function recorder() {
  const messages: QueueMessage[] = []
  const waiting: { count: number; resolve: () => void }[] = []
  return {
    messages,
    data: () => messages.map((message) => message.data),
    handler: (message: QueueMessage) => {
      messages.push(message)
      for (const { count, resolve } of waiting) if (messages.length >= count) resolve()
    },
    calls: (count: number) =>
      new Promise<void>((resolve) => (messages.length >= count ? resolve() : waiting.push({ count, resolve }))),
  }
}

/** A handler that runs until it is let go. */
export function gate() {
  let open = () => {}
  const opened = new Promise<void>((resolve) => {
    open = resolve
  })
  const { handler, ...rest } = recorder()
  const hold = (message: QueueMessage) => {
    handler(message)
    return opened
  }
  return { ...rest, open, handler: hold }
}

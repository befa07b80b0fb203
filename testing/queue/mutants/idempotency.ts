import { subclass } from "../../engine/seams.ts"
import { mutants, seam } from "../mutant.ts"
import { ReferenceQueue } from "../reference/reference-queue.ts"
import { HOUR_MS } from "../states.ts"

export const idempotencyMutants = mutants({
  "QUEUE-IDEM-01": {
    "key-ignored": seam.idOfKey("A request that is repeated is done twice.", () => undefined),
    "key-keeps-last-payload": seam.add(
      "A message that somebody relies on is changed by a second publish.",
      ({ next, self }, queue, data, options) => {
        const id = next(queue, data, options)
        const { messages } = self.queueOf(queue)
        const message = messages.get(id)
        const isByKey = options?.idempotencyKey !== undefined && options.id === undefined
        if (message?.state === "waiting" && isByKey) messages.set(id, { ...message, json: self.copyIn(data) })
        return id
      },
    ),
    "second-publish-gets-its-own-id": seam.add(
      "A publisher waits for a message that never was.",
      ({ next, self }, queue, data, options) => {
        const known = options?.idempotencyKey && self.idOfKey(self.queueOf(queue), options.idempotencyKey)
        const id = next(queue, data, options)
        return known && options?.id === undefined ? self.newId() : id
      },
    ),
    "key-counts-when-due": seam.idOfKey("A delayed message can be published twice.", ({ next }, held, key) => {
      const known = next(held, key)
      return known !== undefined && held.messages.get(known)?.state === "delayed" ? undefined : known
    }),
  },
  "QUEUE-IDEM-02": {
    "key-looked-up-then-written": seam.publish(
      "Two requests at one time make two messages.",
      async ({ next, self }, queue, data, options) => {
        const key = options?.idempotencyKey
        if (key === undefined || options?.id !== undefined) return next(queue, data, options)
        const { keys } = self.queueOf(queue)
        const known = self.idOfKey(self.queueOf(queue), key)
        await Promise.resolve()
        if (known === undefined) keys.delete(self.encodeKey(key))
        return next(queue, data, options)
      },
    ),
    "keys-of-a-process": subclass(
      "A request that another server repeats is done twice.",
      class extends ReferenceQueue {
        readonly #mine = new Set<string>()
        override idOfKey(...[held, key]: Parameters<ReferenceQueue["idOfKey"]>) {
          return key !== undefined && this.#mine.has(key) ? super.idOfKey(held, key) : undefined
        }
        override holdKey(...[held, options, id]: Parameters<ReferenceQueue["holdKey"]>) {
          if (options.idempotencyKey !== undefined) this.#mine.add(options.idempotencyKey)
          super.holdKey(held, options, id)
        }
      },
    ),
  },
  "QUEUE-IDEM-03": {
    "queues-share-keys": seam.idOfKey("An order has its mail, and never its invoice.", ({ next, self }, held, key) => {
      const known = next(held, key)
      const others = [...self.store.queues].filter(([name]) => name.startsWith(self.prefix()))
      return known ?? others.map(([, other]) => next(other, key)).find((id) => id !== undefined)
    }),
    "queue-and-key-are-glued": subclass(
      "Names and keys with a colon in them meet.",
      class extends ReferenceQueue {
        readonly #first = new Map<string, { queue: string; key: string }>()
        override add(...[queue, data, options = {}]: Parameters<ReferenceQueue["add"]>): string {
          const { id, idempotencyKey: key } = options
          if (key === undefined || id !== undefined) return super.add(queue, data, options)
          const first = this.#first.get(`${queue}:${key}`)
          const known = first && this.idOfKey(this.queueOf(first.queue), first.key)
          if (known === undefined) this.#first.set(`${queue}:${key}`, { queue, key })
          return known ?? super.add(queue, data, options)
        }
      },
    ),
  },
  "QUEUE-IDEM-04": {
    "key-ends-with-its-message": seam.complete(
      "A request whose answer was lost is done again.",
      ({ next, self }, message, value) => {
        next(message, value)
        self.freeKey(self.queueOf(message.queue), message)
      },
    ),
    "key-of-handled-message-not-found": seam.idOfKey(
      "A request that comes again after its work was done is done twice.",
      ({ next }, held, key) => {
        const known = next(held, key)
        return known !== undefined && held.messages.get(known)?.state === "completed" ? undefined : known
      },
    ),
  },
  "QUEUE-IDEM-05": {
    "window-never-ends": seam.holdKey("What is sent once a day is sent once.", ({ next }, held, options, id) =>
      next(held, { ...options, idempotencyWindowMs: Number.POSITIVE_INFINITY }, id),
    ),
    "window-slides": seam.knownId(
      "A publisher that repeats itself often enough never publishes again.",
      ({ next, self }, held, options) => {
        const known = next(held, options)
        if (known !== undefined && options.id === undefined) self.holdKey(held, options, known)
        return known
      },
    ),
    "window-of-an-hour": seam.holdKey(
      "A request that is repeated over night is done twice.",
      ({ next }, held, options, id) => next(held, { idempotencyWindowMs: 3_600_000, ...options }, id),
    ),
  },
  "QUEUE-IDEM-06": {
    "purge-keeps-keys": seam.purge(
      "What was purged by mistake cannot be published again.",
      async ({ next, self }, queue) => {
        const { keys } = self.queueOf(queue)
        const before = [...keys]
        const count = await next(queue)
        for (const [key, held] of before) keys.set(key, held)
        return count
      },
    ),
    "cancel-keeps-key": seam.cancel(
      "What was cancelled by mistake cannot be published again.",
      async ({ next, self }, queue, id) => {
        const { keys } = self.queueOf(queue)
        const before = [...keys]
        const done = await next(queue, id)
        for (const [key, held] of before) keys.set(key, held)
        return done
      },
    ),
    "purge-keeps-keys-of-delayed": seam.remove(
      "What was to be sent tomorrow cannot be published again.",
      ({ next }, held, message) => {
        const keys = [...held.keys]
        next(held, message)
        if (message.state === "delayed") for (const [key, value] of keys) held.keys.set(key, value)
      },
    ),
    "purge-frees-every-key": seam.purge(
      "After a purge a request is done again that was done before.",
      async ({ next, self }, queue) => {
        const count = await next(queue)
        self.queueOf(queue).keys.clear()
        return count
      },
    ),
  },
  "QUEUE-IDEM-07": {
    "death-frees-key": seam.die(
      "What has failed for good is tried again by whoever repeats the request.",
      ({ next, self }, queue, message, reason, error) => {
        next(queue, message, reason, error)
        self.freeKey(self.queueOf(queue), message)
      },
    ),
    "key-of-the-dead-never-ends": seam.die(
      "What has failed once can never be published again.",
      ({ next, self }, queue, message, reason, error) => {
        next(queue, message, reason, error)
        for (const key of self.queueOf(queue).keys.values()) {
          if (key.id === message.id) key.endsAt = Number.POSITIVE_INFINITY
        }
      },
    ),
  },
  "QUEUE-IDEM-08": {
    "id-ignored": seam.add(
      "A publish whose answer was lost is done twice.",
      ({ next }, queue, data, { id: _, ...options } = {}) => next(queue, data, options),
    ),
    "key-goes-before-id": seam.knownId(
      "A publish that is repeated gives the id of another message.",
      ({ next, self }, held, options) => self.idOfKey(held, options.idempotencyKey) ?? next(held, options),
    ),
    "id-publishes-over": seam.knownId("A message that is repeated has another payload.", ({ next }, held, options) =>
      options.id === undefined ? next(held, options) : undefined,
    ),
    "id-of-handled-message-not-found": seam.knownId(
      "A publish that is repeated late is done twice.",
      ({ next }, held, options) =>
        options.id !== undefined && held.messages.get(options.id)?.state === "completed"
          ? undefined
          : next(held, options),
    ),
  },
  "QUEUE-IDEM-09": {
    "batch-ignores-keys": seam.publishMany("A batch that is repeated is done twice.", ({ next }, queue, items) => {
      if (!Array.isArray(items)) return next(queue, items)
      return next(
        queue,
        items.map((item) => withoutKey(item)),
      )
    }),
    "batch-looks-up-keys-first": seam.publishMany(
      "A batch that names one thing twice does it twice.",
      ({ next, self }, queue, items) => {
        if (!Array.isArray(items) || self.closed) return next(queue, items)
        const held = self.queueOf(queue)
        const isNew = (key: string | undefined) => key !== undefined && self.idOfKey(held, key) === undefined
        return next(
          queue,
          items.map((item, index) => {
            const key = item?.options?.idempotencyKey
            const isLater = items.slice(0, index).some((other) => other?.options?.idempotencyKey === key)
            return isNew(key) && isLater ? withoutKey(item) : item
          }),
        )
      },
    ),
  },
  "QUEUE-IDEM-10": {
    "keys-in-lower-case": seam.encodeKey("Two base64 keys are one.", ({ next }, key) => next(key.toLowerCase())),
    "keys-trimmed": seam.encodeKey("A key of a form field meets another one.", ({ next }, key) => next(key.trim())),
    "keys-normalised": seam.encodeKey("Two customers of one name share a message.", ({ next }, key) =>
      next(key.normalize("NFKC")),
    ),
    "keys-cut": seam.encodeKey("Long keys that differ at their end are one.", ({ next }, key) =>
      next(key.slice(0, 128)),
    ),
    "keys-as-numbers": seam.encodeKey("Order 01 is taken for order 1.", ({ next }, key) =>
      next(/^[\d.]+$/.test(key) ? String(Number(key)) : key),
    ),
  },
  "QUEUE-IDEM-11": {
    "dropped-ids-forgotten": seam.knownId(
      "What was dropped from the dead is done again by whoever repeats its publish.",
      ({ next }, held, options) =>
        options.id !== undefined && held.dropped.has(options.id) ? undefined : next(held, options),
    ),
    "dropped-ids-forgotten-after-an-hour": seam.knownId(
      "A publish that is repeated late does work again.",
      ({ next, self }, held, options) => {
        const droppedAt = held.dropped.get(options.id ?? "") ?? Number.POSITIVE_INFINITY
        return self.clock.monotonic() - droppedAt > HOUR_MS ? undefined : next(held, options)
      },
    ),
    "key-goes-before-dropped-id": seam.knownId(
      "A publish that is repeated gives the id of another message.",
      ({ next, self }, held, options) => {
        const isDropped = held.dropped.has(options.id ?? "")
        return (isDropped ? self.idOfKey(held, options.idempotencyKey) : undefined) ?? next(held, options)
      },
    ),
    "completed-ids-forgotten-with-their-records": seam.complete(
      "A publish that is repeated on a busy day does work again.",
      ({ next, self }, message, value) => {
        next(message, value)
        const held = self.queueOf(message.queue)
        const [first, ...others] = self.messagesOf(held, "completed")
        if (first !== undefined && others.length >= 1000) held.messages.delete(first.id)
      },
      "BullMQ: an id can be added again once removeOnComplete has removed its job",
    ),
  },
})

function withoutKey<Item extends { options?: object | undefined }>(item: Item): Item {
  if (item?.options === undefined) return item
  const { idempotencyKey: _, idempotencyWindowMs: __, ...options } = item.options as Record<string, unknown>
  return { ...item, options }
}

/** Names of keys. A queue's begin with `<prefix>@queue:<name>:`; BullMQ has the same form and forbids colons in names. */
export class Keys {
  /** What BullMQ has as its prefix. */
  readonly prefix: string
  /** The names of all queues. */
  readonly queues: string
  /** Written by health checks: as of a queue without a name, which none can be. */
  readonly health: string

  constructor(keyPrefix: string) {
    // A cache with the same prefix has keys that go on with a colon or a number sign.
    this.prefix = `${keyPrefix}@queue`
    this.queues = `${keyPrefix}@queues`
    this.health = `${this.prefix}::health`
  }

  base(queue: string): string {
    return `${this.prefix}:${encodeName(queue)}:`
  }
}

/** The name of a queue for BullMQ: what is no letter, digit or one of -_.!~*'() stands as %XX. */
export function encodeName(queue: string): string {
  return encodeURIComponent(queue)
}

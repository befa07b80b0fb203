/** What a key's version was when a piece of work on it began. */
export interface Ticket {
  /** False as soon as the key was written, or may have been. */
  readonly valid: boolean
  /** Every ticket is ended once. */
  end(): void
}

interface Version {
  generation: number
  /** Tickets that are not ended; without any the version is forgotten. */
  holders: number
}

/**
 * Tells work on a key whether the key was written meanwhile, so that a value that was read before a write is not kept
 * after it. Remembers only keys that somebody works on.
 */
export class KeyVersions {
  readonly #versions = new Map<string, Version>()
  #epoch = 0

  /** For reading: valid until the next write. */
  begin(key: string): Ticket {
    const epoch = this.#epoch
    const version = this.#versions.get(key) ?? { generation: 0, holders: 0 }
    this.#versions.set(key, version)
    version.holders++
    const { generation } = version
    const isValid = () => generation === version.generation && epoch === this.#epoch
    return {
      get valid() {
        return isValid()
      },
      end: () => {
        version.holders--
        if (version.holders === 0) this.#versions.delete(key)
      },
    }
  }

  /** Ends the validity of all tickets of the key. */
  write(key: string): void {
    const version = this.#versions.get(key)
    if (version !== undefined) version.generation++
  }

  writeAll(): void {
    this.#epoch++
  }
}

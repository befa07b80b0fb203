/** Something that waits in a list, and is in one list at most. */
export class Turn {
  previous: Turn | undefined = undefined
  next: Turn | undefined = undefined
}

/** First in, first out, and anything between can be taken out at once: the links are in what waits. */
export class TurnList {
  first: Turn | undefined = undefined
  #last: Turn | undefined = undefined

  append(turn: Turn): void {
    const last = this.#last
    turn.previous = last
    if (last === undefined) this.first = turn
    else last.next = turn
    this.#last = turn
  }

  /** What is taken out keeps no link: an old one would keep others in memory. */
  remove(turn: Turn): void {
    const { next, previous } = turn
    if (previous === undefined) this.first = next
    else previous.next = next
    if (next === undefined) this.#last = previous
    else next.previous = previous
    turn.previous = undefined
    turn.next = undefined
  }
}

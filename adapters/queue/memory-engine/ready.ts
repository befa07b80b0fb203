import { QUEUE_MAX_PRIORITY } from "../../../contracts/queue/arguments.ts"
import { Message } from "./message.ts"
import { PriorityMarks } from "./priority-marks.ts"
import { Turn, TurnList } from "./turns.ts"

/** A group among the messages of one priority: it waits in their list as one, whatever number of messages it has. */
class GroupTurn extends Turn {
  readonly group: Group
  readonly priority: number
  readonly messages = new TurnList()
  /** Whether it is in the list of its priority. */
  isListed = false

  constructor(group: Group, priority: number) {
    super()
    this.group = group
    this.priority = priority
  }
}

/** The messages with one groupKey. It is there while one of them is ready or running. */
interface Group {
  running: number
  /** By priority: those that have messages. */
  readonly turns: Map<number, GroupTurn>
}

/**
 * Messages that are due: the lowest priority number first, each priority in the order of arrival, where groups take
 * turns. A group that has as many running as it may is in no list until one of them has ended.
 */
export class Ready {
  /** Those in groups that may not go now are counted too. */
  size = 0
  /** Of one group that run at one time. */
  groupConcurrency = 1
  readonly #levels: (TurnList | undefined)[] = new Array(QUEUE_MAX_PRIORITY + 1).fill(undefined)
  readonly #marks = new PriorityMarks()
  readonly #groups = new Map<string, Group>()

  add(message: Message): void {
    this.size++
    const { keys, plan } = message
    const groupKey = keys?.groupKey
    if (groupKey === undefined) this.#append(plan.priority, message)
    else this.#addToGroup(groupKey, message)
  }

  /** The next that may go, taken out. Of one with a group, `release` must be told when it has ended. */
  take(): Message | undefined {
    for (;;) {
      const priority = this.#marks.lowest()
      if (priority === -1) return undefined
      const turn = this.#levels[priority]?.first as Turn
      this.#unlink(priority, turn)
      if (turn instanceof Message) {
        this.size--
        return turn
      }
      const message = this.#takeOfGroup(turn as GroupTurn)
      if (message !== undefined) return message
    }
  }

  /** The one that would be taken next, where it has no group. */
  get first(): Message | undefined {
    const priority = this.#marks.lowest()
    const turn = priority === -1 ? undefined : this.#levels[priority]?.first
    if (turn === undefined || turn instanceof Message) return turn
    return (turn as GroupTurn).messages.first as Message
  }

  remove(message: Message): void {
    this.size--
    const { keys, plan } = message
    const groupKey = keys?.groupKey
    if (groupKey === undefined) {
      this.#unlink(plan.priority, message)
      return
    }
    const group = this.#groups.get(groupKey) as Group
    this.#removeOfGroup(group.turns.get(plan.priority) as GroupTurn, message)
    this.#dropIfEmpty(groupKey, group)
  }

  /** A message of a group has ended. */
  release(groupKey: string): void {
    const group = this.#groups.get(groupKey)
    if (group === undefined) return
    group.running--
    this.#offer(group)
    this.#dropIfEmpty(groupKey, group)
  }

  setGroupConcurrency(groupConcurrency: number): void {
    this.groupConcurrency = groupConcurrency
    for (const group of this.#groups.values()) this.#offer(group)
  }

  /** Takes out all of them. */
  clear(visit: (message: Message) => void): void {
    for (let priority = this.#marks.lowest(); priority !== -1; priority = this.#marks.lowest()) {
      const turn = this.#levels[priority]?.first as Turn
      this.#unlink(priority, turn)
      if (turn instanceof Message) visit(turn)
      else (turn as GroupTurn).isListed = false
    }
    for (const [groupKey, group] of this.#groups) {
      for (const turn of [...group.turns.values()]) {
        for (let first = turn.messages.first; first !== undefined; first = turn.messages.first) {
          this.#removeOfGroup(turn, first as Message)
          visit(first as Message)
        }
      }
      this.#dropIfEmpty(groupKey, group)
    }
    this.size = 0
  }

  #append(priority: number, turn: Turn): void {
    let list = this.#levels[priority]
    if (list === undefined) {
      list = new TurnList()
      this.#levels[priority] = list
    }
    if (list.first === undefined) this.#marks.add(priority)
    list.append(turn)
  }

  #list(turn: GroupTurn): void {
    turn.isListed = true
    this.#append(turn.priority, turn)
  }

  #unlink(priority: number, turn: Turn): void {
    const list = this.#levels[priority] as TurnList
    list.remove(turn)
    if (list.first === undefined) this.#marks.remove(priority)
  }

  #addToGroup(groupKey: string, message: Message): void {
    const { priority } = message.plan
    let group = this.#groups.get(groupKey)
    if (group === undefined) {
      group = { running: 0, turns: new Map() }
      this.#groups.set(groupKey, group)
    }
    let turn = group.turns.get(priority)
    if (turn === undefined) {
      turn = new GroupTurn(group, priority)
      group.turns.set(priority, turn)
    }
    turn.messages.append(message)
    if (!turn.isListed && group.running < this.groupConcurrency) this.#list(turn)
  }

  /** The turn is in no list now. It goes to the end of its list while its group may go on. */
  #takeOfGroup(turn: GroupTurn): Message | undefined {
    const { group } = turn
    turn.isListed = false
    if (group.running >= this.groupConcurrency) return undefined
    const message = turn.messages.first as Message
    group.running++
    this.size--
    this.#removeOfGroup(turn, message)
    if (turn.messages.first !== undefined && group.running < this.groupConcurrency) this.#list(turn)
    return message
  }

  #removeOfGroup(turn: GroupTurn, message: Message): void {
    turn.messages.remove(message)
    if (turn.messages.first !== undefined) return
    turn.group.turns.delete(turn.priority)
    if (turn.isListed) this.#unlink(turn.priority, turn)
    turn.isListed = false
  }

  /** Puts what waits of a group into the lists, if it may go. */
  #offer(group: Group): void {
    if (group.running >= this.groupConcurrency) return
    for (const turn of group.turns.values()) if (!turn.isListed) this.#list(turn)
  }

  #dropIfEmpty(groupKey: string, group: Group): void {
    if (group.running === 0 && group.turns.size === 0) this.#groups.delete(groupKey)
  }
}

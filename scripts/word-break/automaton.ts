import type { Pattern } from "./pattern.ts"

/** A deterministic automaton. State 0 is dead and state 1 is the start. */
export interface Automaton<Kind> {
  /** For each state, the next one by the class of the character. */
  readonly transitions: readonly (readonly number[])[]
  /** For each state, the kind of what was matched. */
  readonly kinds: readonly (Kind | undefined)[]
}

/** A state of the non-deterministic automaton: where it goes by a character of a set, and without one. */
interface Node {
  readonly free: readonly number[]
  readonly move?: { readonly set: string; readonly next: number }
  /** The pattern that ends here. */
  readonly rule?: number
}

/**
 * Makes the smallest automaton that tells tokens.
 *
 * @param rules - Patterns with the kind of what they match. The first that matches counts.
 * @param classes - For each class of characters, the sets that they are in.
 */
export function automatonOf<Kind>(
  rules: readonly (readonly [Kind, Pattern])[],
  classes: readonly ReadonlySet<string>[],
): Automaton<Kind> {
  const nodes = nodesOf(rules.map(([, pattern]) => pattern))
  const { transitions, rule } = determined(nodes, classes)
  return smallest({ transitions, kinds: rule.map((index) => rules[index]?.[0]) })
}

/** Thompson's construction. Node 0 is the start of all patterns. */
function nodesOf(patterns: readonly Pattern[]): Node[] {
  const starts: number[] = []
  const nodes: Node[] = [{ free: starts }]
  const add = (node: Node): number => nodes.push(node) - 1

  /** Adds nodes that match the pattern and then go on at `end`. @returns Where they begin. */
  function build(pattern: Pattern, end: number): number {
    switch (pattern.kind) {
      case "one":
        return add({ free: [], move: { set: pattern.set, next: end } })
      case "sequence":
        return pattern.parts.reduceRight((after, part) => build(part, after), end)
      case "choice":
        return add({ free: pattern.parts.map((part) => build(part, end)) })
      case "repeat": {
        const free = [end]
        const start = add({ free })
        free.push(build(pattern.part, start))
        return start
      }
    }
  }

  patterns.forEach((pattern, rule) => {
    const end = add({ free: [], rule })
    starts.push(build(pattern, end))
  })
  return nodes
}

/** The subset construction. */
function determined(nodes: readonly Node[], classes: readonly ReadonlySet<string>[]) {
  const states = new Map<string, number>()
  const subsets: number[][] = []
  const stateOf = (from: readonly number[]): number => {
    const subset = closure(nodes, from)
    const key = subset.join()
    const known = states.get(key)
    if (known !== undefined) return known
    states.set(key, subsets.length)
    return subsets.push(subset) - 1
  }

  stateOf([])
  stateOf([0])
  const transitions: number[][] = []
  for (let state = 0; state < subsets.length; state++) {
    const subset = subsets[state] ?? []
    const moves = subset.flatMap((at) => nodes[at]?.move ?? [])
    transitions.push(classes.map((sets) => stateOf(moves.filter(({ set }) => sets.has(set)).map(({ next }) => next))))
  }
  const rule = subsets.map((subset) => Math.min(...subset.map((at) => nodes[at]?.rule ?? Number.POSITIVE_INFINITY)))
  return { transitions, rule }
}

/** All nodes that are reached without a character, in order. */
function closure(nodes: readonly Node[], from: readonly number[]): number[] {
  const reached = new Set(from)
  for (const at of reached) for (const next of nodes[at]?.free ?? []) reached.add(next)
  return [...reached].sort((a, b) => a - b)
}

/** Moore's minimization: states are told apart by what they match, until nothing new tells them apart. */
function smallest<Kind>({ transitions, kinds }: Automaton<Kind>): Automaton<Kind> {
  let groups = numbered(kinds.map((kind) => String(kind)))
  for (;;) {
    const finer = numbered(transitions.map((row, state) => [groups[state], ...row.map((next) => groups[next])].join()))
    if (Math.max(...finer) === Math.max(...groups)) break
    groups = finer
  }
  const first = Array.from({ length: Math.max(...groups) + 1 }, (_, group) => groups.indexOf(group))
  return {
    transitions: first.map((state) => (transitions[state] ?? []).map((next) => groups[next] ?? 0)),
    kinds: first.map((state) => kinds[state]),
  }
}

/** Numbers for texts, equal ones for equal texts, counted from 0 in the order in which the texts are first seen. */
export function numbered(texts: readonly string[]): number[] {
  const numbers = new Map<string, number>()
  return texts.map((text) => {
    const known = numbers.get(text) ?? numbers.size
    numbers.set(text, known)
    return known
  })
}

/**
 * Exact equality of plain data: -0 differs from 0, NaN equals NaN, types must match. The order of object members
 * does not count, that of array, Map and Set members does.
 */
export function deepEqual(left: unknown, right: unknown): boolean {
  if (Object.is(left, right)) return true
  if (typeof left !== "object" || typeof right !== "object" || left === null || right === null) return false
  if (left instanceof Uint8Array || right instanceof Uint8Array) return sameBytes(left, right)
  if (left instanceof Date || right instanceof Date) {
    return left instanceof Date && right instanceof Date && Object.is(left.getTime(), right.getTime())
  }
  for (const Container of [Map, Set]) {
    if (left instanceof Container || right instanceof Container) {
      return left instanceof Container && right instanceof Container && sameList([...left], [...right])
    }
  }
  if (Array.isArray(left) || Array.isArray(right)) {
    return Array.isArray(left) && Array.isArray(right) && sameList(left, right)
  }
  return isPlainObject(left) && isPlainObject(right) && sameMembers(left, right)
}

/** The part of Node.js that compares many megabytes at once; elsewhere there is none. */
const { Buffer: nodeBuffer } = globalThis as { Buffer?: { compare(one: Uint8Array, other: Uint8Array): number } }

export function sameBytes(left: unknown, right: unknown): boolean {
  if (!(left instanceof Uint8Array) || !(right instanceof Uint8Array)) return false
  if (left.length !== right.length) return false
  if (nodeBuffer !== undefined) return nodeBuffer.compare(left, right) === 0
  for (let index = 0; index < left.length; index++) if (left[index] !== right[index]) return false
  return true
}

function sameList(left: readonly unknown[], right: readonly unknown[]): boolean {
  // Of the list itself, `every` skips holes, and a list of nothing but holes would equal any.
  return left.length === right.length && Array.from(left).every((member, index) => deepEqual(member, right[index]))
}

function sameMembers(left: object, right: object): boolean {
  const leftKeys = Object.keys(left)
  if (leftKeys.length !== Object.keys(right).length) return false
  return leftKeys.every((key) => Object.hasOwn(right, key) && deepEqual(member(left, key), member(right, key)))
}

/** Reads an own member, `__proto__` included. */
function member(target: object, key: string): unknown {
  return Object.getOwnPropertyDescriptor(target, key)?.value
}

function isPlainObject(value: object): boolean {
  const prototype = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}

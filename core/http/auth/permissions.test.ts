import { expect, it } from "vitest"
import { includesPermission } from "./permissions.ts"

it.each([
  ["cache.read", "cache.read", true],
  ["cache.read", "cache.write", false],
  ["cache.read", "cache.reader", false],
  ["cache.*", "cache.read", true],
  ["cache.*", "cache.write", true],
  ["cache.*", "cache2.read", false],
  ["*.read", "queue.read", true],
  ["*.read", "queue.write", false],
  ["*.read", "queue.thread", false],
  ["*", "queue.write", true],
  ["*.*", "queue.write", false],
  ["", "queue.write", false],
  [".*", "queue.write", false],
  ["CACHE.READ", "cache.read", false],
])("%j includes %j: %j", (granted, permission, includes) => {
  expect(includesPermission(["mail.send", granted], permission)).toBe(includes)
})

it("nothing includes nothing", () => {
  expect(includesPermission([], "cache.read")).toBe(false)
})

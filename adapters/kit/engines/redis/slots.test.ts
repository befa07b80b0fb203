import { describe, expect, it } from "vitest"
import { slotOf } from "./slots.ts"

describe("slots of a cluster", () => {
  it("are what the cluster specification says", () => {
    expect(slotOf("123456789")).toBe(0x31c3)
    expect(slotOf("foo")).toBe(12_182)
    expect(slotOf("")).toBe(0)
  })

  it("are of what stands in the first braces, unless that is nothing", () => {
    expect(slotOf("{user1000}.following")).toBe(slotOf("user1000"))
    expect(slotOf("{user1000}.followers")).toBe(slotOf("user1000"))
    expect(slotOf("foo{bar}{zap}")).toBe(slotOf("bar"))
    expect(slotOf("foo{{bar}}zap")).toBe(slotOf("{bar"))
    expect(slotOf("foo{}{bar}")).not.toBe(slotOf("bar"))
    expect(slotOf("}foo{bar")).not.toBe(slotOf("bar"))
  })
})

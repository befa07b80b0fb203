import type { SeededRandom } from "../../testing/engine/random.ts"

/** One of the items, each as likely as the others. */
export function pick<Item>(items: readonly Item[], random: SeededRandom): Item {
  if (items.length === 0) throw new Error("there is nothing to pick from")
  return items[random.integer(items.length)] as Item
}

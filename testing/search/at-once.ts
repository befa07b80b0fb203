/** Does the work for each item, all at the same time. Gives what came of it, in order. */
export function allOf<Item, Result>(
  items: readonly Item[],
  work: (item: Item, at: number) => Promise<Result>,
): Promise<Result[]> {
  return Promise.all(items.map(work))
}

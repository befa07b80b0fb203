/**
 * A function that runs tasks, `limit` of them at a time and in their order.
 *
 * @param {number} limit
 */
export function limitParallel(limit) {
  let running = 0
  /** @type {(() => void)[]} */
  const waiting = []
  /**
   * @template T
   * @param {() => Promise<T>} task
   * @returns {Promise<T>}
   */
  return async function run(task) {
    if (running === limit)
      await new Promise((/** @type {(value?: undefined) => void} */ resolve) => waiting.push(resolve))
    else running++
    try {
      return await task()
    } finally {
      const next = waiting.shift()
      if (next === undefined) running--
      else next()
    }
  }
}

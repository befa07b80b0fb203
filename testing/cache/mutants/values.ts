import { ServiceError } from "../../../contracts/foundation/errors.ts"
import { mutants, seam } from "../mutant.ts"

export const valueMutants = mutants({
  "CACHE-VAL-01": {
    "falsy-value-is-a-miss": seam.get(
      "Negative answers are never cached.",
      async ({ next }, key) => (await next(key)) || undefined,
      "cache-manager (cacheable #25): 0 and false were not found again",
    ),
    "has-overlooks-null": seam.has(
      "What is known to be absent is looked up again each time.",
      async ({ next, self }, key) => (await next(key)) && self.find(key)?.value !== null,
      "Laravel cache: has is false for an item whose value is null",
    ),
  },
  "CACHE-VAL-14": {
    "refused-size-drops-old-value": seam.set(
      "A write that failed has deleted what was there.",
      async ({ next, self }, key, value, ttl) => {
        try {
          await next(key, value, ttl)
        } catch (error) {
          if (ServiceError.is(error) && error.code === "LIMIT_EXCEEDED") self.remove(key)
          throw error
        }
      },
      "twemcache (pelikan #124): a set that fails for its size deletes the item under that key",
    ),
  },
})

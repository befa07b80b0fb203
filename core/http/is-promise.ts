/** Also of another realm, or of a library. */
export function isPromise<T>(outcome: T | PromiseLike<T>): outcome is PromiseLike<T> {
  return typeof (outcome as Partial<PromiseLike<T>> | undefined)?.then === "function"
}

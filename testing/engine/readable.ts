/** A stream that takes a step only where its reader asks for one; `end` is called when it is cancelled. */
export function readableOf(
  next: () => Promise<IteratorResult<unknown> | undefined>,
  end: () => Promise<unknown> | undefined,
): ReadableStream<unknown> {
  const source: UnderlyingDefaultSource<unknown> = {
    async pull(controller) {
      const step = await next()
      if (step?.done === false) controller.enqueue(step.value)
      else controller.close()
    },
    cancel: async () => void (await end()),
  }
  return new ReadableStream(source, { highWaterMark: 0 })
}

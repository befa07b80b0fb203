export const TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
export const SPAN = "00f067aa0ba902b7"

/** So many characters that a server must not be slowed by them. */
export const MEGABYTE = 1_000_000

/** Texts of a megabyte that cost a careless reader much. */
export const LONG_TEXTS: Readonly<Record<string, string>> = {
  commas: ",".repeat(MEGABYTE),
  blanks: " ".repeat(MEGABYTE),
  "blanks and commas": " ,".repeat(MEGABYTE / 2),
  "equals signs": "=".repeat(MEGABYTE),
  "one letter": "a".repeat(MEGABYTE),
  zeros: "0".repeat(MEGABYTE),
  dashes: "-".repeat(MEGABYTE),
  "at signs": "a@".repeat(MEGABYTE / 2),
  "one member": `a=${"b ".repeat(MEGABYTE / 2)}`,
  "the same member": "a=b,".repeat(MEGABYTE / 4),
  "different members": Array.from({ length: MEGABYTE / 10 }, (_, at) => `k${at}=1`).join(","),
  "bad percents": "a=%zz,".repeat(MEGABYTE / 6),
  "bad UTF-8": "a=%ff,".repeat(MEGABYTE / 6),
  properties: "a=b;".repeat(MEGABYTE / 4),
  "a traceparent": `01-${TRACE}-${SPAN}-01-${"a".repeat(MEGABYTE)}`,
}

/** Milliseconds of the fastest of a few runs. */
export function fastest(run: () => void): number {
  const times = Array.from({ length: 5 }, () => {
    const began = performance.now()
    run()
    return performance.now() - began
  })
  return Math.min(...times)
}

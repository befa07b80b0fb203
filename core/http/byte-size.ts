const UNITS = { b: 1, kb: 1024, mb: 1024 ** 2, gb: 1024 ** 3 } as const

/** The bytes that a text such as `10mb` stands for; undefined for any other text. */
export function bytesOf(text: string): number | undefined {
  const [, digits, unit = "b"] = /^([1-9]\d{0,9})(b|kb|mb|gb)?$/.exec(text.toLowerCase()) ?? []
  return digits === undefined ? undefined : Number(digits) * UNITS[unit as keyof typeof UNITS]
}

/** The path of an object under a base URL: its bucket, then its key, slash by slash. */
export interface ObjectPlace {
  readonly bucket: string
  readonly key: string
}

export function pathOfObject({ bucket, key }: ObjectPlace): string {
  return `${bucket}/${key.split("/").map(encodeURIComponent).join("/")}`
}

/** The place that a path means, or undefined. Each part of it is decoded once. */
export function objectOfPath(path: string): ObjectPlace | undefined {
  try {
    const [bucket = "", ...segments] = path.split("/").map(decodeURIComponent)
    return { bucket, key: segments.join("/") }
  } catch {
    return undefined
  }
}

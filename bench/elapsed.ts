/** Milliseconds, of which two readings have a difference. */
export type Elapsed = () => number

export const wallTime: Elapsed = () => performance.now()

/** Of all threads of this process. */
export const cpuTime: Elapsed = () => {
  const { system, user } = process.cpuUsage()
  return (user + system) / 1000
}

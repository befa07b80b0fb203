/** The rules of every service by the id of their clause. */
export const foundationSentences = {
  // Errors
  "ERROR-01": "An operation that fails rejects with a ServiceError whose code is in the closed list.",
  "ERROR-02": "No method throws synchronously: bad arguments reject too.",
  "ERROR-03": "An error carries no stored value and no credential in its message, details or JSON.",

  // When the store fails (services over a network, and whatever else can be cut off):
  "FAULT-01": "While the store cannot be reached, every operation rejects UNAVAILABLE or TIMEOUT: it is no miss.",
  "FAULT-02": "While the store does not answer, every operation rejects TIMEOUT or UNAVAILABLE within its deadline.",
  "FAULT-03": "Once the store is back, the same client works again.",
  "FAULT-04": "A write that was rejected UNAVAILABLE is never applied later.",
  "FAULT-05": "healthCheck() reports unhealthy while the store is away or silent, and healthy again afterwards.",
  "FAULT-06": "close() resolves while the store is away or does not answer.",
  "FAULT-07": "Errors and health of a failing store show no credential and no value.",
  "FAULT-08": "getMetrics() settles while the store is away or does not answer.",
  "FAULT-09": "The errors of a failing store say that they are retryable.",

  // Health
  "HEALTH-01": "healthCheck() resolves, and never rejects, before use, in use and after close.",
  "HEALTH-02":
    "Its status is healthy, degraded or unhealthy, and its latency a finite number of milliseconds, 0 or more.",
  "HEALTH-03": "A working service reports healthy, also before its first use.",
  "HEALTH-04": "A closed service reports unhealthy.",
  "HEALTH-05": "healthCheck() and getMetrics() change nothing that the service stores or counts.",
  "HEALTH-06": "getMetrics() resolves to an object of finite numbers.",
  "HEALTH-07": "Concurrent health checks each resolve.",
  "HEALTH-08": "Its message and details survive JSON, and neither they nor the metrics show a credential.",

  // Life
  "CLOSE-01": "close() resolves, and resolves again when called again, also concurrently.",
  "CLOSE-02": "After close() each operation rejects with CLOSED and does nothing.",
  "CLOSE-03": "Operations under way when close() is called settle.",
  "CLOSE-04": "`await using` closes: [Symbol.asyncDispose]() does what close() does.",
  "CLOSE-05": "Closing one client leaves other clients of the same store working, and lets new ones be made.",
  "CLOSE-06": "A service closed before its first use closes without an error, and is closed.",
  "CLOSE-07": "close() releases sockets and timers: nothing of the service keeps the process alive.",

  // Options
  "CONFIG-01": "An option that is not known is refused with INVALID_CONFIG and its path.",
  "CONFIG-02": "Every invalid option is refused with its path, all of them at once.",
  "CONFIG-03": "A refused configuration is shown without its values.",
  "CONFIG-04": "Making a client opens nothing: it connects on its first call, and closes without one.",
  "CONFIG-05": "A client can be made while the store is away.",
} as const

export type FoundationClauseId = keyof typeof foundationSentences

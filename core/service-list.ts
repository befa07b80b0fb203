import type { CacheInstanceConfig } from "./cache/document.ts"
import { cacheService } from "./cache/service.ts"
import type { InstanceConfig } from "./foundation/document.ts"
import type { ServiceDefinition } from "./foundation/service.ts"
import type { QueueInstanceConfig } from "./queue/document.ts"
import { queueService } from "./queue/service.ts"
import type { TestQueue } from "./queue/test-kit.ts"
import type { SearchInstanceConfig } from "./search/document.ts"
import { searchService } from "./search/service.ts"
import type { StorageInstanceConfig } from "./storage/document.ts"
import { storageService } from "./storage/service.ts"
import type { TracingInstanceConfig } from "./tracing/document.ts"
import { tracingService } from "./tracing/service.ts"

/** Every built-in service, one row each. Services of other packages have none, and are used as they are. */
export const serviceList: readonly ServiceDefinition[] = [
  cacheService,
  queueService,
  searchService,
  storageService,
  tracingService,
]

/** The configuration of an instance, of the services that have a document. */
interface ServiceConfigs {
  cache: CacheInstanceConfig
  queue: QueueInstanceConfig
  search: SearchInstanceConfig
  storage: StorageInstanceConfig
  tracing: TracingInstanceConfig
}

/** The configuration of an instance of any service. */
export type AnyInstanceConfig = InstanceConfig | ServiceConfigs[keyof ServiceConfigs]

/** What test services are, of the services that have a test kit. */
export interface TestContracts {
  queue: TestQueue
}

/** The row of a service, or undefined for one of another package. */
export function serviceNamed(name: string): ServiceDefinition | undefined {
  return serviceList.find((row) => row.name === name)
}

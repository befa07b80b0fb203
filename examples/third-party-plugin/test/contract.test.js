import { bindContract, cacheContract } from "@objectos/sdk/testing"
import { describe, it } from "vitest"
import { fileCacheSubject } from "../subject.js"

bindContract({ describe, it }, cacheContract, fileCacheSubject)

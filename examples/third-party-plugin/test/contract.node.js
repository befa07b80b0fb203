import { describe, it } from "node:test"
import { bindContract, cacheContract } from "@objectos/sdk/testing"
import { fileCacheSubject } from "../subject.js"

bindContract({ describe, it }, cacheContract, fileCacheSubject)

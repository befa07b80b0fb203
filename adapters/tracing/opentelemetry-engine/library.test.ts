import { expect, it } from "vitest"
import { missingPeer } from "../../../core/foundation/missing-peer.ts"
import { opentelemetryTracing } from "../opentelemetry.ts"
import { PACKAGES } from "./library.ts"

it("names all packages that are installed together where one is missing", () => {
  const names = PACKAGES.map((text) => text.replace(/@[\d.]+$/, ""))
  expect(names).toEqual(Object.keys(opentelemetryTracing.peers ?? {}))
  const error = missingPeer("@opentelemetry/core", { code: "ERR_MODULE_NOT_FOUND" }, PACKAGES)
  expect(error).toMatchObject({
    code: "INVALID_CONFIG",
    message: `The package @opentelemetry/core must be installed; run npm install ${PACKAGES.join(" ")}.`,
    details: { peer: "@opentelemetry/core" },
  })
})

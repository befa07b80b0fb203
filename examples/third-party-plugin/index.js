/** @import { AdapterContext } from "@objectos/sdk/contracts" */
import { fileURLToPath } from "node:url"
import { defineAdapter } from "@objectos/sdk/contracts"
import * as z from "zod"
import { FileCache } from "./file-cache.js"

export { FileCache }

/** Chosen by `CACHE_URL=file:///var/cache/shop`. */
export const fileCache = defineAdapter({
  service: "cache",
  name: "file",
  contractVersion: 1,
  schemes: ["file"],
  optionsSchema: z.strictObject({ folder: z.string().min(1) }),
  fromUrl: (url) => ({ folder: fileURLToPath(url) }),
  create: ({ folder }, { clock }) => new FileCache({ folder, clock }),
})

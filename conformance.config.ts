/** Every built-in subject: what the files of subjects/ list, one a service. */
import { readdirSync } from "node:fs"
import type { AnySubject } from "./testing/cli/config.ts"

const folder = new URL("./subjects/", import.meta.url)
const files = readdirSync(folder).filter((file) => file.endsWith(".ts"))
const modules = await Promise.all(
  files.sort().map((file) => import(new URL(file, folder).href) as Promise<{ subjects: readonly AnySubject[] }>),
)

export const subjects = modules.flatMap((module) => module.subjects)

/** Which service and which server a test is about, by the names of folders and files. */
import { existsSync, readdirSync, readFileSync } from "node:fs"
import { dirname, join, relative, sep } from "node:path"
import { fileURLToPath } from "node:url"

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))))

/** `cache`: a folder of contracts/ that is not the foundation of all. */
const services = readdirSync(join(root, "contracts"), { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && entry.name !== "foundation")
  .map(({ name }) => name)

/** `redis-cluster` before `redis`: a file of servers/ with a test beside it. The longest name that fits is meant. */
const servers = readdirSync(join(root, "servers"))
  .flatMap((file) => /^(.+)\.test\.ts$/.exec(file)?.[1] ?? [])
  .sort((one, other) => other.length - one.length)

/** A server's name as a word of its own, with the version that may stand behind it: `redis 7`. */
const serverInName = new RegExp(`(?<![\\w-])(?:${servers.join("|")})(?: \\d[\\d.]*)?(?![\\w-])`)

const NO_SERVICE = "all services"
const NO_SERVER = "no server"

/** The service is in its path, core/cache/…; the server is one that it imports. */
export function ownerOfFile(file) {
  const [folder = "", part = ""] = relative(root, file).split(sep)
  const text = existsSync(file) ? readFileSync(file, "utf8") : ""
  const starts = (server) =>
    text.includes(`servers/${server}.ts"`) || join(folder, part) === `servers/${server}.test.ts`
  return { service: services.includes(part) ? part : NO_SERVICE, server: servers.find(starts) ?? NO_SERVER }
}

/** The server is in the subject's name: "memory in front of redis, pubsub". */
export function ownerOfSubject(service, name) {
  return { service, server: serverInName.exec(name)?.[0] ?? NO_SERVER }
}

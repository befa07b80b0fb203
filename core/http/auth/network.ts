import { isIP } from "node:net"

const MAPPED = /^::ffff:(?=[\d.]+$)/i

/** As some proxies write it: `192.0.2.1:4711` or `[2001:db8::1]:4711`. */
const WITH_PORT = /^(?:\[(?<six>[^\]]*)\](?::\d+)?|(?<four>[\d.]+):\d+)$/

/**
 * The addresses that one client may have: an IPv4 address alone, or all of IPv6 with the same first 64 bits. Empty for
 * a text that is no address.
 */
export function networkOf(address = ""): string {
  const { four, six } = WITH_PORT.exec(address)?.groups ?? {}
  const plain = (six ?? four ?? address).replace(MAPPED, "")
  const version = isIP(plain)
  if (version !== 6) return version === 4 ? plain : ""
  const [head = "", tail] = plain.split("::")
  const first = groupsOf(head)
  const zeros = tail === undefined ? 0 : 8 - first.length - groupsOf(tail).length
  const groups = [...first, ...Array<string>(zeros).fill("0"), ...groupsOf(tail)]
  return groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(":")
}

/** Groups of 16 bits; an IPv4 address at the end has two. */
function groupsOf(text = ""): string[] {
  return text.split(":").flatMap((group) => (group === "" ? [] : group.includes(".") ? [group, group] : [group]))
}

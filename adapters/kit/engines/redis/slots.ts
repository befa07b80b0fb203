const SLOTS = 16_384

/** The slot of a key in a cluster: CRC16 of the key, or of what stands in its first braces (cluster specification). */
export function slotOf(key: string): number {
  const open = key.indexOf("{")
  const end = open < 0 ? -1 : key.indexOf("}", open + 1)
  return crc16(end > open + 1 ? key.slice(open + 1, end) : key) % SLOTS
}

/** CRC16/XMODEM of the text in UTF-8. */
function crc16(text: string): number {
  let crc = 0
  for (const byte of Buffer.from(text)) crc = ((crc << 8) ^ (TABLE[(crc >> 8) ^ byte] as number)) & 0xffff
  return crc
}

const TABLE = Uint16Array.from({ length: 256 }, (_, byte) => {
  let crc = byte << 8
  for (let bit = 0; bit < 8; bit++) crc = crc & 0x8000 ? (crc << 1) ^ 0x1021 : crc << 1
  return crc
})

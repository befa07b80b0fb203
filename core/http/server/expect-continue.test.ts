import { once } from "node:events"
import { connect } from "node:net"
import { text } from "node:stream/consumers"
import { expect, it } from "vitest"
import { route, serve } from "./serve.fixture.ts"

const reading = route(async ({ request }) => ({ text: await request.text() }), "POST")

/** A client that says that it has so many bytes, and waits with them. */
async function waiting(bytes: number) {
  const { port } = await serve({ config: { bodyLimit: "1kb" }, routes: [reading] })
  const socket = connect(port, "127.0.0.1")
  const headers = `Host: localhost\r\nContent-Length: ${bytes}\r\nExpect: 100-continue\r\n\r\n`
  socket.write(`POST /api/v1/things HTTP/1.1\r\n${headers}`)
  return socket
}

it("a body that is refused by its length is not asked for, and its connection ends", async () => {
  const sent = await text(await waiting(2000))
  expect(sent).toMatch(/^HTTP\/1\.1 413 /)
  expect(sent).toMatch(/\r\nconnection: close\r\n/i)
})

it("a body is asked for when it is read", async () => {
  const socket = await waiting(2)
  const [asked] = await once(socket, "data")
  expect(String(asked)).toBe("HTTP/1.1 100 Continue\r\n\r\n")
  socket.write("ab")
  socket.end()
  expect(await text(socket)).toMatch(/^HTTP\/1\.1 200 [\s\S]*\{"text":"ab"\}/)
})

import { createServer, type RequestListener } from "node:http"
import type { AddressInfo } from "node:net"
import { CompactSign, exportJWK, generateKeyPair, type JWTHeaderParameters, type JWTPayload, SignJWT } from "jose"

/** A key of an issuer, with the public part as its key set has it. */
export async function createKey(kid: string, alg = "ES256") {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true })
  return {
    jwk: { ...(await exportJWK(publicKey)), alg, kid, use: "sig" },
    privateJwk: { ...(await exportJWK(privateKey)), alg, kid },
    sign: (payload: JWTPayload, header: Partial<JWTHeaderParameters> = {}) =>
      new SignJWT(payload).setProtectedHeader({ alg, kid, ...header }).sign(privateKey),
    /** Signs what is no claims, or has a header `x` that is critical. */
    signText: (text: string, header: Partial<JWTHeaderParameters> = {}) =>
      new CompactSign(new TextEncoder().encode(text))
        .setProtectedHeader({ alg, kid, ...header })
        .sign(privateKey, { crit: { x: false } }),
  }
}

/** A server on this machine that answers a key set, goes away, and comes back to the same port. */
export async function startJwksServer(keys: readonly object[]) {
  const state = { requests: 0, keys, answer: undefined as RequestListener | undefined }
  const server = createServer((request, response) => {
    state.requests++
    if (state.answer !== undefined) return void state.answer(request, response)
    response.setHeader("content-type", "application/json").end(JSON.stringify({ keys: state.keys }))
  })
  let port = 0
  const start = () => new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve))
  await start()
  port = (server.address() as AddressInfo).port
  return Object.assign(state, {
    url: `http://127.0.0.1:${port}/jwks.json`,
    start,
    async stop() {
      if (!server.listening) return
      const closed = new Promise((resolve) => server.close(resolve))
      server.closeAllConnections()
      await closed
    },
  })
}

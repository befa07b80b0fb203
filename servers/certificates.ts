import { execFileSync } from "node:child_process"
import { readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"

/** A certificate authority of the test's own, and a certificate that it signed for localhost and 127.0.0.1. */
export interface Certificates {
  /** PEM of the authority. */
  readonly ca: string
  /** Paths. */
  readonly caFile: string
  readonly certFile: string
  readonly keyFile: string
}

/** Makes them with openssl, in a folder of the caller. */
export function makeCertificates(directory: string): Certificates {
  const [caFile, caKey, certFile, keyFile] = ["ca.crt", "ca.key", "server.crt", "server.key"].map((name) =>
    join(directory, name),
  ) as [string, string, string, string]
  const [request, extensions] = [join(directory, "server.csr"), join(directory, "extensions")]
  const newKey = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
  const openssl = (...args: string[]) => execFileSync("openssl", args, { stdio: "pipe", timeout: 10_000 })

  const authority = ["-addext", "basicConstraints=critical,CA:TRUE", "-addext", "keyUsage=critical,keyCertSign,cRLSign"]
  openssl(
    "req",
    "-x509",
    ...newKey,
    "-days",
    "2",
    "-subj",
    "/CN=test-ca",
    ...authority,
    "-keyout",
    caKey,
    "-out",
    caFile,
  )
  openssl("req", ...newKey, "-subj", "/CN=localhost", "-keyout", keyFile, "-out", request)
  writeFileSync(extensions, "subjectAltName=DNS:localhost,IP:127.0.0.1\n")
  const signed = ["-CA", caFile, "-CAkey", caKey, "-CAcreateserial", "-days", "2", "-extfile", extensions]
  openssl("x509", "-req", "-in", request, ...signed, "-out", certFile)
  return { ca: readFileSync(caFile, "utf8"), caFile, certFile, keyFile }
}

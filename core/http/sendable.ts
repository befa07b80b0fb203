/** What HTTP has no place for in the value of a header (RFC 9110, field-content); `Headers` takes it. */
const UNSENDABLE = /[^\t\x20-\x7e\x80-\xff]/

/** The same answer. @throws What no server can send: here it can still be answered with an error. */
export function sendable(response: Response): Response {
  const { headers, status } = response
  if (status < 200) throw new RangeError(`The status of an answer must be 200 or more; got ${status}.`)
  for (const [name, value] of headers) {
    if (UNSENDABLE.test(value)) throw new TypeError(`The header ${name} must have no control character; got one.`)
  }
  return response
}

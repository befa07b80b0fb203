/** What no operation of the document can say. */
export const PROSE = `Each error is JSON, \`{ "error": { code, message, details?, traceId } }\`; \`traceId\` is that of the request's \
\`traceparent\`, else a new one.

- A path of no route answers 404. A name in a path must be one segment, as encodeURIComponent writes it; 400 otherwise.
- Another method of a path answers 405 with \`Allow\`. OPTIONS answers 204 with \`Allow\`, and HEAD answers as GET does, without a body.
- A list in a query is its parameter once for each member: \`?id=1&id=2\`.

The server under the API answers some requests itself, without a body of JSON: 400 for a request that is no HTTP, for a \
\`Host\` that is missing or bad, for an unknown method and for \`OPTIONS *\`; 417 for an \`Expect\` other than \`100-continue\`; \
431 for headers that are too long; 408 for a request that comes too slowly.`

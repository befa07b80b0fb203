/** The HTTP API: the routes of every service behind one fetch handler. */
export type { AuthResult, AuthUser, IAuthService } from "../../contracts/foundation/auth.ts"
export type { ErrorContext } from "../foundation/http/answer.ts"
export {
  type Caller,
  defineRoute,
  type HttpMethod,
  type Route,
  type RouteAnswer,
  type RouteCall,
} from "../foundation/http/route.ts"
export { createHttpApi, type HttpApi, type HttpApiOptions } from "./api.ts"
export { createJwksAuth, type JwksAuth } from "./auth/jwks-auth.ts"
export type { JwksAuthOptions } from "./auth/jwks-options.ts"
export { type Client, type Gate, openGate } from "./gate.ts"
export type { OpenApiDocument, OpenApiInfo } from "./openapi/document.ts"
export type { HttpServerConfig } from "./server/config.ts"
export { type HttpServer, type ServeHttpOptions, serveHttp } from "./server/serve.ts"

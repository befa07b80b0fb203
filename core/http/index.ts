/** The HTTP API: the routes of every service behind one fetch handler. */
export type { AuthResult, AuthUser, IAuthService } from "../../contracts/foundation/auth.ts"
export {
  type Caller,
  defineRoute,
  type HttpMethod,
  type Route,
  type RouteAnswer,
  type RouteCall,
} from "../foundation/http/route.ts"
export { createHttpApi, type HttpApi, type HttpApiOptions } from "./api.ts"
export type { Client } from "./gate.ts"

/** The parts of OpenAPI 3.1 that the document of the API has. */

/** JSON Schema 2020-12. */
export type JsonSchema = Readonly<Record<string, unknown>>

export interface OpenApiReference {
  readonly $ref: string
}

export interface OpenApiInfo {
  readonly title: string
  /** Of what is described. */
  readonly version: string
  /** CommonMark. */
  readonly description?: string | undefined
}

export interface OpenApiParameter {
  readonly name: string
  readonly in: "path" | "query"
  readonly required: boolean
  readonly description?: string | undefined
  readonly schema: JsonSchema
  /** Of arrays: each member is a parameter of its own. */
  readonly style?: "form" | undefined
  readonly explode?: true | undefined
}

/** By content type. */
export type OpenApiContent = Readonly<Record<string, { readonly schema: JsonSchema | OpenApiReference }>>

export interface OpenApiRequestBody {
  readonly description?: string | undefined
  readonly required: true
  readonly content: OpenApiContent
}

export interface OpenApiHeader {
  readonly description: string
  readonly schema: JsonSchema
}

export interface OpenApiResponse {
  readonly description: string
  readonly headers?: Readonly<Record<string, OpenApiHeader>> | undefined
  readonly content?: OpenApiContent | undefined
}

export interface OpenApiOperation {
  readonly operationId: string
  readonly summary: string
  readonly tags?: readonly string[] | undefined
  /** Empty where nobody needs a token. */
  readonly security?: readonly [] | undefined
  readonly parameters?: readonly OpenApiParameter[] | undefined
  readonly requestBody?: OpenApiRequestBody | undefined
  /** By status. */
  readonly responses: Readonly<Record<string, OpenApiResponse | OpenApiReference>>
}

export type OpenApiMethod = "get" | "post" | "put" | "patch" | "delete"

interface OpenApiComponents {
  readonly schemas: Readonly<Record<string, JsonSchema>>
  readonly responses: Readonly<Record<string, OpenApiResponse>>
  readonly securitySchemes: Readonly<Record<string, { readonly type: "http"; readonly scheme: "bearer" }>>
}

export interface OpenApiDocument {
  readonly openapi: "3.1.1"
  readonly jsonSchemaDialect: string
  readonly info: OpenApiInfo
  /** What an operation needs that says nothing else. */
  readonly security: readonly Readonly<Record<string, readonly string[]>>[]
  readonly paths: Readonly<Record<string, { readonly [Method in OpenApiMethod]?: OpenApiOperation }>>
  readonly components: OpenApiComponents
}

/**
 * The import order of layers: contracts <- core <- adapters <- index.ts <- cli, each only to its left; testing ->
 * contracts; examples -> the package by its name. Within a layer: foundation (kit in adapters) <- services, and no
 * service reaches another; in core then <- service-list.ts <- config <- services.ts <- index.ts.
 */
const tests = "\\.test(-d)?\\.ts$"
const fixtures = "\\.fixture\\.ts$"
const zod = "^node_modules/zod/"
const smallLibraries = "^node_modules/(neverthrow|ts-pattern|zod)/"

/** Packages that the user installs, or not: a static import of one would break everybody else's start. */
const optionalPeers =
  "^(node_modules/)?(@redis/client|redis|ioredis|lru-cache|bullmq|@elastic/elasticsearch|@aws-sdk/[^/]+|@google-cloud/storage|hono|@hono/node-server|jose|@opentelemetry/[^/]+)(/|$)"

/** @type {import("dependency-cruiser").IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: "contracts-import-only-zod",
      comment: "Contracts are the normative text: interfaces, data types and their schemas, nothing that works.",
      severity: "error",
      from: { path: "^contracts/", pathNot: tests },
      to: { pathNot: ["^contracts/", zod] },
    },
    {
      name: "foundation-of-contracts-knows-no-service",
      comment: "What a service needs of it is a type or a parameter of its own.",
      severity: "error",
      from: { path: "^contracts/foundation/", pathNot: tests },
      to: { path: "^contracts/", pathNot: "^contracts/foundation/" },
    },
    {
      name: "contracts-of-services-stand-apart",
      comment:
        "A contract uses the foundation; contracts/services.ts and contracts/adapter.ts stand above all of them.",
      severity: "error",
      from: { path: "^contracts/([^/]+)/", pathNot: ["^contracts/foundation/", tests] },
      to: { path: "^contracts/", pathNot: ["^contracts/$1/", "^contracts/foundation/"] },
    },
    {
      name: "core-imports-only-contracts",
      comment: "Core works over any adapter, so it knows none; of packages only neverthrow, ts-pattern and zod.",
      severity: "error",
      from: { path: "^core/", pathNot: ["^core/http/", tests, fixtures] },
      to: { pathNot: ["^core/", "^contracts/", smallLibraries], dependencyTypesNot: ["core"] },
    },
    {
      name: "http-stands-on-the-services",
      comment:
        "The HTTP API knows services by their rows, and serves what core/services.ts made; nothing imports it. Of tracing it knows the contract, since it traces requests.",
      severity: "error",
      from: { path: "^core/http/", pathNot: [tests, fixtures] },
      to: {
        pathNot: [
          "^core/(http|foundation)/",
          "^core/(services|service-list)\\.ts$",
          "^contracts/(foundation|tracing)/",
          smallLibraries,
          "^node_modules/(hono|@hono/node-server|jose)/",
        ],
        dependencyTypesNot: ["core"],
      },
    },
    {
      name: "http-is-the-top-of-core",
      comment: "What it serves does not know that it is served.",
      severity: "error",
      from: { path: "^(core|adapters|index\\.ts$)", pathNot: ["^core/http/", tests] },
      to: { path: "^core/http/" },
    },
    {
      name: "foundation-of-core-knows-no-service",
      comment: "It serves every service: what one needs is a row, a table or a parameter.",
      severity: "error",
      from: { path: "^core/foundation/", pathNot: tests },
      to: {
        path: ["^core/", "^contracts/"],
        pathNot: ["^core/foundation/", "^contracts/foundation/", "^contracts/adapter\\.ts$"],
      },
    },
    {
      name: "services-of-core-stand-apart",
      comment: "A service uses the foundation and its own contract; of another one it says `needs`.",
      severity: "error",
      from: { path: "^core/([^/]+)/", pathNot: ["^core/(foundation|config|http)/", "^core/tracing/layer/", tests] },
      to: {
        path: ["^core/", "^contracts/"],
        pathNot: [
          "^core/$1/",
          "^core/foundation/",
          "^contracts/$1/",
          "^contracts/foundation/",
          "^contracts/adapter\\.ts$",
        ],
      },
    },
    {
      name: "config-knows-services-by-their-rows",
      comment: "core/service-list.ts is the only place that names them.",
      severity: "error",
      from: { path: "^core/config/", pathNot: tests },
      to: { path: "^core/", pathNot: ["^core/config/", "^core/foundation/", "^core/service-list\\.ts$"] },
    },
    {
      name: "the-list-knows-rows-alone",
      comment: "A row loads what it needs when the service is chosen.",
      severity: "error",
      from: { path: "^core/service-list\\.ts$" },
      to: { path: "^core/", pathNot: ["^core/[^/]+/(document|service|test-kit)\\.ts$"] },
    },
    {
      name: "tracing-goes-around-contracts",
      comment: "What tracing puts around the other services knows their contracts, and nothing of their core.",
      severity: "error",
      from: { path: "^core/tracing/layer/", pathNot: [tests, fixtures] },
      to: { path: "^core/", pathNot: "^core/(tracing|foundation)/" },
    },
    {
      name: "services-are-made-by-the-plan",
      comment: "core/services.ts makes what core/config planned, whatever it is.",
      severity: "error",
      from: { path: "^core/(services|instances|surround)\\.ts$" },
      to: {
        path: "^core/",
        pathNot: ["^core/config/", "^core/foundation/", "^core/(service-list|instances|surround)\\.ts$"],
      },
    },
    {
      name: "adapters-import-contracts-portable-and-kit",
      comment:
        "An adapter plugs into the portable type of its service, and shares what for-adapters.ts of the service names; it needs no more of core.",
      severity: "error",
      from: { path: "^adapters/([^/]+)/", pathNot: ["^adapters/kit/", tests, fixtures] },
      to: {
        path: "^[^/]+(/|\\.ts$)",
        pathNot: [
          "^adapters/($1|kit)/",
          "^contracts/($1|foundation)/",
          "^contracts/adapter\\.ts$",
          "^core/foundation/",
          "^core/$1/(portable-$1|for-adapters)\\.ts$",
          "^node_modules/",
        ],
        dependencyTypesNot: ["core"],
      },
    },
    {
      name: "for-adapters-is-loaded-with-adapters",
      comment: "Bundlers load all that the front door names, so nothing that it reaches may import this file.",
      severity: "error",
      from: { path: "^(core/|index\\.ts$)", pathNot: tests },
      to: { path: "^core/[^/]+/for-adapters\\.ts$" },
    },
    {
      name: "kit-knows-no-service",
      comment: "What adapters of several services need stands here; what one needs stands in its folder.",
      severity: "error",
      from: { path: "^adapters/kit/", pathNot: tests },
      to: {
        path: "^[^/]+(/|\\.ts$)",
        pathNot: [
          "^adapters/kit/",
          "^contracts/foundation/",
          "^contracts/adapter\\.ts$",
          "^core/foundation/",
          "^node_modules/",
        ],
        dependencyTypesNot: ["core"],
      },
    },
    {
      name: "index-imports-contracts-core-and-adapters",
      comment: "The front door opens to what is published for applications, not to the harness or private folders.",
      severity: "error",
      from: { path: "^index\\.ts$" },
      to: { pathNot: ["^contracts/", "^core/", "^adapters/", smallLibraries] },
    },
    {
      name: "cli-imports-index-contracts-and-core",
      comment: "The command opens the same front door as an application; nothing imports it.",
      severity: "error",
      from: { path: "^cli/", pathNot: tests },
      to: { pathNot: ["^cli/", "^index\\.ts$", "^contracts/", "^core/"], dependencyTypesNot: ["core"] },
    },
    {
      name: "testing-imports-only-contracts",
      comment: "The harness must run against any implementation with any test runner, so it imports neither.",
      severity: "error",
      from: { path: "^testing/", pathNot: tests },
      to: { pathNot: ["^testing/", "^contracts/"], dependencyTypesNot: ["core"] },
    },
    {
      name: "engine-and-foundation-of-testing-know-no-service",
      comment: "They prove every service: what one needs is a probe.",
      severity: "error",
      from: { path: "^testing/(engine|faults|families|foundation|report)/", pathNot: [tests, fixtures] },
      to: {
        path: ["^testing/", "^contracts/"],
        pathNot: ["^testing/(engine|faults|families|foundation|report)/", "^contracts/foundation/"],
      },
    },
    {
      name: "testing-engine-runs-everywhere",
      comment: "The engine runs in browsers and edge runtimes too: no builtin module of Node.",
      severity: "error",
      from: { path: "^testing/engine/", pathNot: tests },
      to: { dependencyTypes: ["core"] },
    },
    {
      name: "examples-use-the-package-name",
      comment: "Examples show what a user can write: @objectos/sdk, never a file of this repository.",
      severity: "error",
      from: { path: "^examples/" },
      to: { pathNot: "^examples/", dependencyTypes: ["local"], dependencyTypesNot: ["aliased"] },
    },
    {
      name: "servers-stand-alone",
      comment: "Servers need no other part and no package: tests of every folder use them.",
      severity: "error",
      from: { path: "^servers/", pathNot: [tests, fixtures] },
      to: { pathNot: "^servers/", dependencyTypesNot: ["core"] },
    },
    {
      name: "optional-peers-are-loaded-lazily",
      comment: 'Write import("…") inside a function, or import type.',
      severity: "error",
      from: { path: "^(index\\.ts$|cli/|contracts/|core/|adapters/|testing/)", pathNot: [tests, fixtures] },
      to: { path: optionalPeers, dynamic: false, dependencyTypesNot: ["type-only", "type-import"] },
    },
    {
      name: "published-code-needs-no-dev-dependency",
      comment: "A user does not have our development dependencies.",
      severity: "error",
      from: { path: "^(index\\.ts$|cli/|contracts/|core/|adapters/|testing/)", pathNot: [tests, fixtures] },
      to: { dependencyTypes: ["npm-dev"], dependencyTypesNot: ["npm", "npm-peer", "npm-optional"] },
    },
    {
      name: "everything-resolves",
      comment: "A path that leads nowhere would slip through every other rule.",
      severity: "error",
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: "no-cycles",
      comment: "Move what both need to a file of its own.",
      severity: "error",
      from: {},
      to: { circular: true },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    // The plugin is a package of its own, for which `npm run plugin:check` installs what it names.
    exclude: { path: "^(dist|examples/third-party-plugin)/" },
    tsConfig: { fileName: "tsconfig.json" },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["import", "node", "default", "types"],
    },
  },
}

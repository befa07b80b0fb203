/**
 * The import order: contracts <- core <- adapters <- index.ts, each only to its left; testing -> contracts;
 * examples -> the package by its name.
 */
const tests = "\\.test(-d)?\\.ts$"
const zod = "^node_modules/zod/"
const smallLibraries = "^node_modules/(neverthrow|ts-pattern|zod)/"

/** Packages that the user installs, or not: a static import of one would break everybody else's start. */
const optionalPeers =
  "^(node_modules/)?(@redis/client|redis|ioredis|bullmq|@elastic/elasticsearch|@aws-sdk/[^/]+|@google-cloud/storage|@opentelemetry/[^/]+)(/|$)"

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
      name: "core-imports-only-contracts",
      comment: "Core works over any adapter, so it knows none; of packages only neverthrow, ts-pattern and zod.",
      severity: "error",
      from: { path: "^core/", pathNot: tests },
      to: { pathNot: ["^core/", "^contracts/", smallLibraries], dependencyTypesNot: ["core"] },
    },
    {
      name: "adapters-import-contracts-portable-and-kit",
      comment: "An adapter plugs into core/portable; it needs no more of core, and nothing of harness or servers.",
      severity: "error",
      from: { path: "^adapters/", pathNot: tests },
      to: {
        path: "^[^/]+(/|\\.ts$)",
        pathNot: ["^adapters/", "^contracts/", "^core/portable/", "^node_modules/"],
        dependencyTypesNot: ["core"],
      },
    },
    {
      name: "adapters-do-not-cross-services",
      comment:
        "Only adapters/index.ts and adapters/manifest.ts reach all adapters; what several need is in adapters/kit.",
      severity: "error",
      from: { path: "^adapters/([^/]+)/", pathNot: tests },
      to: { path: "^adapters/", pathNot: ["^adapters/$1/", "^adapters/kit/"] },
    },
    {
      name: "index-imports-contracts-core-and-adapters",
      comment: "The front door opens to what is published for applications, not to the harness or private folders.",
      severity: "error",
      from: { path: "^index\\.ts$" },
      to: { pathNot: ["^contracts/", "^core/", "^adapters/", smallLibraries] },
    },
    {
      name: "testing-imports-only-contracts",
      comment: "The harness must run against any implementation with any test runner, so it imports neither.",
      severity: "error",
      from: { path: "^testing/", pathNot: tests },
      to: { pathNot: ["^testing/", "^contracts/"], dependencyTypesNot: ["core"] },
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
      to: { pathNot: "^examples/", dependencyTypes: ["local"] },
    },
    {
      name: "servers-stand-alone",
      comment: "Servers only start processes: tests of every folder use them.",
      severity: "error",
      from: { path: "^servers/", pathNot: tests },
      to: { pathNot: "^servers/", dependencyTypesNot: ["core"] },
    },
    {
      name: "optional-peers-are-loaded-lazily",
      comment: 'Write import("…") inside a function, or import type.',
      severity: "error",
      from: { path: "^(index\\.ts$|contracts/|core/|adapters/|testing/)", pathNot: tests },
      to: { path: optionalPeers, dynamic: false, dependencyTypesNot: ["type-only", "type-import"] },
    },
    {
      name: "published-code-needs-no-dev-dependency",
      comment: "A user does not have our development dependencies.",
      severity: "error",
      from: { path: "^(index\\.ts$|contracts/|core/|adapters/|testing/)", pathNot: tests },
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
      conditionNames: ["@objectos/source", "import", "node", "default", "types"],
    },
  },
}

/** Who may import whom. Each rule says why; scripts/plant-import-violations.ts proves that each one bites. */
const SERVER = '^packages/server/src'
const SDK = '^packages/sdk/src'
/** Every package's own code; what npm installed beside it is none of ours. */
const OURS = '^packages/[^/]+/(src|test|bin)/'
/** Tests and the suites that hold implementations to an interface may see what they test. */
const TESTS = '\\.(test|conformance)\\.ts$'

export default {
  forbidden: [
    {
      name: 'platform-imports-nothing',
      comment: 'Every layer may use what the platform lacks.',
      severity: 'error',
      from: { path: `${SERVER}/platform/`, pathNot: TESTS },
      to: { path: [OURS, 'node_modules/'], pathNot: `${SERVER}/platform/` },
    },
    {
      name: 'domain-imports-nothing',
      comment: 'Facts and rules stay true whatever stores, serves or calls them.',
      severity: 'error',
      from: { path: `${SERVER}/domain/`, pathNot: TESTS },
      to: { path: OURS, pathNot: `${SERVER}/domain/` },
    },
    {
      name: 'storage-knows-only-domain',
      comment: 'Bytes know nothing of records, operations or HTTP.',
      severity: 'error',
      from: { path: `${SERVER}/storage/`, pathNot: TESTS },
      to: { path: OURS, pathNot: `${SERVER}/(storage|domain|platform)/` },
    },
    {
      name: 'database-knows-only-domain',
      comment: 'Records know nothing of bytes, operations or HTTP.',
      severity: 'error',
      from: { path: `${SERVER}/database/`, pathNot: TESTS },
      to: { path: OURS, pathNot: `${SERVER}/(database|domain|platform)/` },
    },
    {
      name: 'one-backend-never-knows-another',
      comment: 'A backend can be added or dropped without touching the others.',
      severity: 'error',
      from: { path: `${SERVER}/(storage|database)/([^/]+)/` },
      to: { path: `${SERVER}/$1/[^/]+/`, pathNot: `${SERVER}/$1/($2|migrations|sql)/` },
    },
    {
      name: 'disk-storage-has-one-way-to-files',
      comment: 'A power cut and every fault can be tried on it only where no call passes the layer by.',
      severity: 'error',
      from: { path: `${SERVER}/storage/disk/`, pathNot: [TESTS, 'node-file-system\\.ts$'] },
      to: { path: '^(node:)?fs(/promises)?$' },
    },
    {
      name: 'operations-know-interfaces-only',
      comment: 'What the service does is the same on every backend and knows no HTTP.',
      severity: 'error',
      from: { path: `${SERVER}/operations/`, pathNot: TESTS },
      to: {
        path: OURS,
        pathNot: [
          `${SERVER}/(operations|domain|platform)/`,
          `${SERVER}/storage/storage\\.ts$`,
          `${SERVER}/database/database\\.ts$`,
        ],
      },
    },
    {
      name: 'operations-know-no-http',
      comment: 'The command line calls the same operations. One module asks a provider what `fetch` cannot.',
      severity: 'error',
      from: {
        path: `${SERVER}/(jobs|operations|domain|storage|database)/`,
        pathNot: [TESTS, `${SERVER}/storage/gcs/ask-session\\.ts$`],
      },
      to: { path: ['^(node:)?https?$', 'node_modules/(fastify|@fastify)/'] },
    },
    {
      name: 'routes-reach-down-through-operations',
      comment: 'A route turns HTTP into a call and its result into HTTP; the work is an operation’s.',
      severity: 'error',
      from: { path: `${SERVER}/routes/`, pathNot: TESTS },
      to: {
        path: OURS,
        pathNot: [
          `${SERVER}/(routes|operations|domain|platform)/`,
          `${SERVER}/storage/storage\\.ts$`,
          `${SERVER}/database/database\\.ts$`,
        ],
      },
    },
    {
      name: 'jobs-reach-down-through-operations',
      comment: 'What happens later is done as a request would do it, on every backend, and knows no HTTP.',
      severity: 'error',
      from: { path: `${SERVER}/jobs/`, pathNot: TESTS },
      to: {
        path: OURS,
        pathNot: [
          `${SERVER}/(jobs|operations|domain|platform)/`,
          `${SERVER}/storage/storage\\.ts$`,
          `${SERVER}/database/database\\.ts$`,
        ],
      },
    },
    {
      name: 'only-server-starts-jobs',
      comment: 'No request waits for what happens later.',
      severity: 'error',
      from: { path: `${SERVER}/`, pathNot: [`${SERVER}/server\\.ts$`, `${SERVER}/jobs/`] },
      to: { path: `${SERVER}/jobs/` },
    },
    {
      name: 'only-server-picks-backends',
      comment: 'Which storage and database stand behind the interfaces is decided in one place.',
      severity: 'error',
      from: {
        path: OURS,
        // What cuts the power of a disk, or has its calls fail, has to be under the disk.
        pathNot: [
          `${SERVER}/server\\.ts$`,
          `${SERVER}/(storage|database)/`,
          '^packages/server/test/(power|io-faults)/',
        ],
      },
      to: { path: `${SERVER}/(storage|database)/[^/]+/` },
    },
    {
      name: 'no-layer-imports-upward',
      comment: 'main → server → app → routes → operations: nothing points back.',
      severity: 'error',
      from: { path: `${SERVER}/(app\\.ts|routes/|jobs/|operations/|storage/|database/|domain/)` },
      to: { path: `${SERVER}/(main|server|config|settings|logger)\\.ts$` },
    },
    {
      name: 'only-server-starts-observers',
      comment:
        'Whether and how the service is watched is decided in one place, and nothing else depends on it.',
      severity: 'error',
      from: { path: OURS, pathNot: [TESTS, `${SERVER}/server\\.ts$`, `${SERVER}/observe/`] },
      to: { path: `${SERVER}/observe/` },
    },
    {
      name: 'only-observers-know-their-libraries',
      comment:
        'What is watched stays the same whoever watches; the libraries are loaded only where somebody does.',
      severity: 'error',
      from: { path: OURS, pathNot: [TESTS, `${SERVER}/observe/`] },
      to: { path: 'node_modules/(prom-client|@opentelemetry)/' },
    },
    {
      name: 'only-gcs-knows-googles-client',
      comment: 'It is loaded only with a bucket, and could be replaced in one folder.',
      severity: 'error',
      from: { path: OURS, pathNot: [TESTS, `${SERVER}/storage/gcs/`] },
      to: { path: 'node_modules/(@google-cloud|google-auth-library|gaxios)/' },
    },
    {
      name: 'observers-see-interfaces-only',
      comment: 'Watching works the same on every backend.',
      severity: 'error',
      from: { path: `${SERVER}/observe/`, pathNot: TESTS },
      to: {
        path: OURS,
        pathNot: [
          `${SERVER}/(observe|routes|operations|domain|platform)/`,
          `${SERVER}/storage/storage\\.ts$`,
          `${SERVER}/database/database\\.ts$`,
        ],
      },
    },
    {
      name: 'server-knows-no-client',
      comment:
        'The command line stands on the server, never the other way round, and what speaks HTTP with it beside it.',
      severity: 'error',
      from: { path: SERVER },
      to: { path: '^packages/(cli|sdk|console|reference)/' },
    },
    {
      name: 'sdk-imports-nothing',
      comment: 'Whoever installs the client library installs nothing else.',
      severity: 'error',
      from: { path: SDK },
      to: { path: [OURS, 'node_modules/'], pathNot: `${SDK}/` },
    },
    {
      name: 'only-the-platform-knows-node',
      comment: 'The rest of the client library runs in browsers too.',
      severity: 'error',
      from: { path: SDK, pathNot: `${SDK}/platform/` },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'console-knows-only-the-sdk',
      comment: 'The page is a client of the API like any other: what it can do, every program can.',
      severity: 'error',
      from: { path: '^packages/console/src/' },
      to: { path: OURS, pathNot: ['^packages/console/src/', `${SDK}/waybill\\.ts$`] },
    },
    {
      name: 'reference-knows-only-the-document',
      comment: 'What the page says is what the OpenAPI document says, so that every client can know it too.',
      severity: 'error',
      from: { path: '^packages/reference/src/' },
      to: { path: OURS, pathNot: '^packages/reference/src/' },
    },
    {
      name: 'examples-know-only-the-sdk',
      comment: 'They are what a reader pastes into a program of their own.',
      severity: 'error',
      from: { path: '^packages/reference/examples/' },
      to: { path: [OURS, 'node_modules/'], pathNot: `${SDK}/` },
    },
    {
      name: 'no-cycles',
      comment: 'Two files that need each other are one file, or three.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^packages/[^/]+/dist/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default'] },
  },
}

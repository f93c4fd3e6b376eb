/** Import rules, each with its reason. scripts/plant-import-violations.ts proves that each one is enforced. */
const SERVER = '^packages/server/src'
/** The interfaces that the layers above storage, database and knowledge may see. */
const INTERFACES = [
  `${SERVER}/storage/(stored-object|object-storage|hosted-uploads|part-uploads|delegated-uploads|direct-uploads|inventory)\\.ts$`,
  `${SERVER}/database/(database|records/[^/]+)\\.ts$`,
  // The tokenizer, the chunks and the types of documents are pure; the index and the embedder are interfaces.
  `${SERVER}/knowledge/([^/]+|chunks/[^/]+|tokens/detect-language)\\.ts$`,
  `${SERVER}/models/model-server\\.ts$`,
  `${SERVER}/webhooks/webhook-sender\\.ts$`,
  `${SERVER}/identity/token-verifier\\.ts$`,
  `${SERVER}/scanner/file-scanner\\.ts$`,
]
const EXTRACT = '^packages/extract/src'
const SDK = '^packages/sdk/src'
/** Our own code, without installed packages. */
const OURS = '^packages/[^/]+/(src|test|bin)/'
/** Tests and conformance suites may import the code that they test. */
const TESTS = '\\.(test|conformance)\\.ts$'

export default {
  forbidden: [
    {
      name: 'platform-imports-nothing',
      comment: 'Shared primitives hold no rule of this service, so that every layer may use them.',
      severity: 'error',
      from: { path: `${SERVER}/platform/`, pathNot: TESTS },
      to: { path: OURS, pathNot: `${SERVER}/platform/` },
    },
    {
      name: 'domain-imports-only-platform',
      comment: 'Facts and rules stay true with every storage, protocol and caller.',
      severity: 'error',
      from: { path: `${SERVER}/domain/`, pathNot: TESTS },
      to: { path: OURS, pathNot: `${SERVER}/(domain|platform)/` },
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
      name: 'knowledge-knows-only-domain',
      comment: 'Text and search know nothing of records, bytes in storage, operations or HTTP.',
      severity: 'error',
      from: { path: `${SERVER}/knowledge/`, pathNot: TESTS },
      to: { path: OURS, pathNot: [`${SERVER}/(knowledge|domain|platform)/`, `${EXTRACT}/`] },
    },
    {
      name: 'models-know-only-domain',
      comment: 'The client of model servers knows nothing of files, records, operations or HTTP of clients.',
      severity: 'error',
      from: { path: `${SERVER}/models/`, pathNot: TESTS },
      to: { path: OURS, pathNot: `${SERVER}/(models|domain|platform)/` },
    },
    {
      name: 'identity-knows-only-domain',
      comment: 'Tokens are verified without records, operations or HTTP of clients.',
      severity: 'error',
      from: { path: `${SERVER}/identity/`, pathNot: TESTS },
      to: { path: OURS, pathNot: `${SERVER}/(identity|domain|platform)/` },
    },
    {
      name: 'only-identity-knows-jose',
      comment: 'The library for tokens is loaded only where users sign in.',
      severity: 'error',
      from: { path: `${SERVER}/`, pathNot: [TESTS, `${SERVER}/identity/`] },
      to: { path: 'node_modules/jose/' },
    },
    {
      name: 'only-the-index-knows-sqlite',
      comment: 'Another engine can stand behind the interface.',
      severity: 'error',
      from: { path: `${SERVER}/knowledge/`, pathNot: [TESTS, `${SERVER}/knowledge/sqlite-index/`] },
      to: { path: [`${SERVER}/knowledge/sqlite-index/`, '^(node:)?sqlite$'] },
    },
    {
      name: 'chunks-and-tokens-are-pure',
      comment:
        'The same text gives the same chunks and terms everywhere, without reading or writing anything.',
      severity: 'error',
      from: { path: `${SERVER}/knowledge/(chunks|tokens)/`, pathNot: [TESTS, 'chunk-worker\\.ts$'] },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'one-backend-never-knows-another',
      comment: 'A backend can be added or dropped without touching the others.',
      severity: 'error',
      from: { path: `${SERVER}/(storage|database|knowledge)/([^/]+)/` },
      to: { path: `${SERVER}/$1/[^/]+/`, pathNot: `${SERVER}/$1/($2|migrations|sql|records|chunks|tokens)/` },
    },
    {
      name: 'disk-storage-has-one-way-to-files',
      comment:
        'Tests can simulate power cuts and faults only when every call passes through the file system interface.',
      severity: 'error',
      from: { path: `${SERVER}/storage/disk/`, pathNot: [TESTS, 'node-file-system\\.ts$'] },
      to: { path: '^(node:)?fs(/promises)?$' },
    },
    {
      name: 'operations-know-interfaces-only',
      comment: 'An operation does the same on every backend and for every protocol.',
      severity: 'error',
      from: { path: `${SERVER}/operations/`, pathNot: TESTS },
      to: { path: OURS, pathNot: [`${SERVER}/(operations|domain|platform)/`, ...INTERFACES] },
    },
    {
      name: 'operations-know-no-http',
      comment:
        'The command line calls the same operations. One module sends a request that `fetch` cannot send.',
      severity: 'error',
      from: {
        path: `${SERVER}/(jobs|operations|domain|storage|database|knowledge)/`,
        pathNot: [TESTS, `${SERVER}/storage/gcs/request-session\\.ts$`],
      },
      to: { path: ['^(node:)?https?$', 'node_modules/(fastify|@fastify)/'] },
    },
    {
      name: 'protocols-reach-down-through-operations',
      comment:
        'A protocol turns a request into one operation and its result into a response; the work is in the operation. Of storage it sees the description of an object, of models their types, and of the database nothing.',
      severity: 'error',
      from: { path: `${SERVER}/protocols/`, pathNot: TESTS },
      to: {
        path: OURS,
        pathNot: [
          `${SERVER}/(protocols|operations|domain|platform)/`,
          `${SERVER}/(storage/stored-object|models/model-server)\\.ts$`,
        ],
      },
    },
    {
      name: 'no-protocol-imports-another',
      comment:
        'A protocol can be added or removed without touching the others. What they share is in protocols/http/.',
      severity: 'error',
      from: { path: `${SERVER}/protocols/([^/]+)/`, pathNot: TESTS },
      to: { path: `${SERVER}/protocols/[^/]+/`, pathNot: `${SERVER}/protocols/($1|http)/` },
    },
    {
      name: 'jobs-reach-down-through-operations',
      comment: 'A job does its work as a request would, on every backend, and knows no HTTP.',
      severity: 'error',
      from: { path: `${SERVER}/jobs/`, pathNot: TESTS },
      to: { path: OURS, pathNot: [`${SERVER}/(jobs|operations|domain|platform)/`, ...INTERFACES] },
    },
    {
      name: 'job-mechanism-knows-no-work',
      comment:
        'The scheduler and the queue run any work: jobs/tasks/ uses them, never the reverse. The queue knows only its own records.',
      severity: 'error',
      from: { path: `${SERVER}/jobs/(periodic|queue)/`, pathNot: TESTS },
      to: {
        path: `${SERVER}/(jobs|operations|domain|storage|database|knowledge)/`,
        pathNot: `${SERVER}/(jobs/(periodic|queue)/|database/records/(jobs|tasks)\\.ts$)`,
      },
    },
    {
      name: 'only-compose-starts-jobs',
      comment: 'No request waits for a job.',
      severity: 'error',
      from: { path: `${SERVER}/`, pathNot: [`${SERVER}/(compose|jobs)/`] },
      to: { path: `${SERVER}/jobs/` },
    },
    {
      name: 'only-compose-picks-backends',
      comment: 'The choice of the storage, the database and the engines of knowledge is made in one place.',
      severity: 'error',
      from: {
        path: OURS,
        // Tests that simulate power cuts and failing calls replace the file system under the disk storage, and those of
        // S3 storage open the same bucket several times.
        pathNot: [
          `${SERVER}/compose/`,
          `${SERVER}/(storage|database|knowledge)/`,
          '^packages/server/test/(power|io-faults|knowledge|s3-storage)/',
          // The claims about readers hold for them without the service.
          '^packages/server/test/security/claims\\.process\\.test\\.ts$',
        ],
      },
      to: {
        path: [
          `${SERVER}/(storage|database)/[^/]+/`,
          `${SERVER}/knowledge/(sqlite-index|openai-embedder|extraction)/`,
        ],
        pathNot: `${SERVER}/database/records/`,
      },
    },
    {
      name: 'no-layer-imports-upward',
      comment: 'main → compose → app → protocols → operations: no import points back.',
      severity: 'error',
      from: {
        path: `${SERVER}/(app\\.ts|protocols/|jobs/|operations/|storage/|database/|knowledge/|domain/|platform/)`,
      },
      to: { path: `${SERVER}/((main|config|settings|logger)\\.ts$|compose/)` },
    },
    {
      name: 'only-compose-starts-observers',
      comment: 'Metrics and traces are chosen in one place, and no other code depends on them.',
      severity: 'error',
      from: { path: OURS, pathNot: [TESTS, `${SERVER}/compose/`, `${SERVER}/observe/`] },
      to: { path: `${SERVER}/observe/` },
    },
    {
      name: 'only-observers-know-their-libraries',
      comment:
        'The service is the same with and without observers; their libraries are loaded only when they are used.',
      severity: 'error',
      from: { path: OURS, pathNot: [TESTS, `${SERVER}/observe/`] },
      to: { path: 'node_modules/(prom-client|@opentelemetry)/' },
    },
    {
      name: 'only-gcs-knows-googles-client',
      comment: 'The library is loaded only with a bucket, and can be replaced in one folder.',
      severity: 'error',
      from: { path: OURS, pathNot: [TESTS, `${SERVER}/storage/gcs/`] },
      to: { path: 'node_modules/(@google-cloud|google-auth-library|gaxios)/' },
    },
    {
      name: 'only-s3-storage-knows-aws-client',
      comment: 'The library is loaded only with a bucket, and can be replaced in one folder.',
      severity: 'error',
      from: { path: OURS, pathNot: [TESTS, '^packages/[^/]+/test/', `${SERVER}/storage/s3/`] },
      to: { path: 'node_modules/@aws-sdk/' },
    },
    {
      name: 'observers-see-interfaces-only',
      comment: 'Metrics and traces work the same on every backend.',
      severity: 'error',
      from: { path: `${SERVER}/observe/`, pathNot: TESTS },
      to: {
        path: OURS,
        pathNot: [`${SERVER}/(observe|protocols|operations|domain|platform)/`, ...INTERFACES],
      },
    },
    {
      name: 'server-knows-no-client',
      comment: 'The command line imports the server, never the reverse; clients use HTTP.',
      severity: 'error',
      from: { path: SERVER },
      to: { path: '^packages/(cli|sdk|console|reference)/' },
    },
    {
      name: 'extract-imports-nothing',
      comment: 'The readers run in a process that may read nothing else of this repository.',
      severity: 'error',
      from: { path: `${EXTRACT}/` },
      to: { path: OURS, pathNot: '^packages/extract/' },
    },
    {
      name: 'only-extraction-starts-readers',
      comment: 'Everything else uses the interface, which promises the limits.',
      severity: 'error',
      from: {
        path: OURS,
        pathNot: [TESTS, '^packages/extract/', `${SERVER}/knowledge/(extraction/|text-extractor\\.ts$)`],
      },
      to: { path: '^packages/extract/' },
    },
    {
      name: 'server-knows-only-types-of-readers',
      comment: 'A reader in the process of the server would have its rights and its memory.',
      severity: 'error',
      from: { path: SERVER, pathNot: TESTS },
      to: { path: '^packages/extract/', pathNot: `${EXTRACT}/(file-kind|located-text|message)\\.ts$` },
    },
    {
      name: 'only-readers-know-their-libraries',
      comment: 'These libraries read hostile bytes, so they run only under the limits of a reader.',
      severity: 'error',
      from: { path: OURS, pathNot: [TESTS, '^packages/extract/'] },
      to: {
        path: 'node_modules/(@e965/xlsx|@hyzyla/pdfium|chardet|officeparser|parse5|postal-mime|yauzl)/',
      },
    },
    {
      name: 'sdk-imports-nothing',
      comment: 'The client library has no dependencies.',
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
      comment: 'The console is a client of the API like any other: every program can do what it can.',
      severity: 'error',
      from: { path: '^packages/console/src/' },
      to: { path: OURS, pathNot: ['^packages/console/src/', `${SDK}/waybill\\.ts$`] },
    },
    {
      name: 'reference-knows-only-the-document',
      comment:
        'The reference shows only what the OpenAPI document contains, so that every client can read it too.',
      severity: 'error',
      from: { path: '^packages/reference/src/' },
      to: { path: OURS, pathNot: '^packages/reference/src/' },
    },
    {
      name: 'examples-know-only-the-sdk',
      comment: 'Readers paste the examples into their own programs.',
      severity: 'error',
      from: { path: '^packages/reference/examples/' },
      to: { path: [OURS, 'node_modules/'], pathNot: `${SDK}/` },
    },
    {
      name: 'sample-applications-know-only-the-sdk',
      comment: 'Readers copy a sample application into a repository of their own.',
      severity: 'error',
      from: { path: '^examples/[^/]+/', pathNot: '^examples/[^/]+/test/' },
      to: { path: OURS, pathNot: `${SDK}/waybill\\.ts$` },
    },
    {
      name: 'no-cycles',
      comment: 'Two files that import each other should be one file, or three.',
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

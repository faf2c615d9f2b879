/** What reads, writes or runs something: pure rooms may not. */
const inputAndOutput = [
  'fs',
  'http',
  'https',
  'http2',
  'net',
  'tls',
  'dgram',
  'dns',
  'child_process',
  'worker_threads',
];

/** What the composition root may name: everything but the engine process. */
const everyRoom = [
  'http',
  'service',
  'gateway',
  'upstream',
  'upstream-rules',
  'residency',
  'engine',
  'catalog',
  'grammar',
  'grammar/gbnf',
  'grammar-worker',
  'protocol',
  'json',
  'backend',
  'store',
  'store/sql',
  'store/sqlite',
  'threads',
  'store/postgres',
  'config',
  'telemetry',
  'metrics',
  'tracing',
  'trace-context.ts',
  'gen-ai-operation.ts',
  'webhook',
];

/**
 * The house as a table: which room may import which. A room is a folder of src/ or a file right in it, the
 * longest name that matches; a file in no room is a violation. Types count like values, except where `types`
 * names a room from which only types may come. Tests compare it with the source and with docs/ARCHITECTURE.md.
 */
export const houseRules: HouseRules = {
  snakeCase: [
    // The wire. SQL has its names in texts so far.
    'protocol',
    // Options of the driver.
    'store/postgres/open-database.ts',
    // What a chat template reads.
    'engine/engine-process/model/binding.ts',
    'engine/engine-process/prompt/chat-template.ts',
    'engine/engine-process/prompt/to-chat-prompt.ts',
    'engine/engine-process/reasoning/to-reasoning-variables.ts',
    'engine/engine-process/tool-calls/probe-template.ts',
    'engine/engine-process/tool-calls/to-template-conversations.ts',
    'engine/engine-process/tool-calls/tool-call-format.ts',
    // Tables by error code, and by the name of a quantisation: values, of which the compiler wants every one.
    'http/error-table.ts',
    'http/anthropic-failure.ts',
    'service/usage/to-outcome.ts',
    'catalog/model-families.ts',
    // The settings of other programs.
    'cli/connect/clients',
    // Samples of bodies.
    'http/openapi/component-schemas.ts',
    'http/openapi/error-responses.ts',
    'http/openapi/message-operations.ts',
    'http/openapi/model-management-operations.ts',
    'http/openapi/text-operations.ts',
    // The names of Prometheus.
    'metrics',
  ],
  rooms: {
    'main.ts': { uses: ['cli'] },
    cli: { uses: ['app.ts', 'app', 'config', 'catalog', 'protocol', 'service'] },
    'app.ts': { uses: ['app', ...everyRoom] },
    // Pieces of the composition root.
    app: { uses: everyRoom },
    http: { uses: ['service', 'protocol', 'telemetry', 'backend', 'json', 'trace-context.ts'] },
    service: { uses: ['gateway', 'store', 'backend', 'catalog', 'grammar', 'grammar/gbnf', 'json'] },
    gateway: { uses: ['backend', 'queueing'] },
    upstream: { uses: ['backend', 'protocol', 'json', 'queueing', 'upstream-rules', 'trace-context.ts'] },
    'upstream-rules': { uses: [] },
    residency: { uses: ['backend', 'gateway'] },
    // Schemas are compiled elsewhere, within limits of time and memory: the engine only joins grammars.
    engine: { uses: ['backend', 'grammar/gbnf', 'json', 'queueing'] },
    'engine/engine-process': { uses: ['engine', 'backend', 'grammar/gbnf', 'json', 'queueing'] },
    protocol: { uses: ['backend', 'json'], types: ['upstream-rules'] },
    'store/sql': { uses: ['store'] },
    'store/sqlite': { uses: ['store', 'store/sql', 'threads'] },
    'store/postgres': { uses: ['store', 'store/sql'] },
    store: { uses: [] },
    catalog: { uses: [] },
    grammar: { uses: ['grammar/gbnf', 'grammar/automaton', 'json'], types: ['backend'] },
    'grammar/gbnf': { uses: ['grammar/automaton', 'json'] },
    'grammar/automaton': { uses: [] },
    'grammar-worker': { uses: ['grammar', 'grammar/gbnf', 'service', 'backend', 'json', 'threads'] },
    config: { uses: ['upstream-rules'] },
    telemetry: { uses: [] },
    tracing: { uses: ['trace-context.ts', 'gen-ai-operation.ts'], types: ['service', 'upstream'] },
    'trace-context.ts': { uses: [] },
    'gen-ai-operation.ts': { uses: [], types: ['service', 'upstream'] },
    metrics: { uses: ['gen-ai-operation.ts'], types: ['service', 'upstream', 'upstream-rules', 'backend'] },
    webhook: { uses: [], types: ['service'] },
    json: { uses: [] },
    queueing: { uses: [] },
    threads: { uses: [] },
    backend: { uses: [] },
  },

  /** Where each package may be imported: rooms or single files. A package without a row may be imported nowhere. */
  packages: {
    'node-llama-cpp': ['engine/engine-process/model/binding.ts'],
    fastify: ['http', 'app.ts'],
    kysely: ['store/sql', 'store/sqlite', 'store/postgres'],
    libsql: ['store/sqlite'],
    pg: ['store/postgres'],
    commander: ['cli', 'main.ts'],
    'cli-progress': ['cli'],
    diff: ['cli'],
    'jsonc-parser': ['cli'],
    '@decimalturn/toml-patch': ['cli'],
    pino: ['telemetry'],
    'prom-client': ['metrics'],
    // Loaded only where traces are sent.
    '@opentelemetry/api': ['tracing'],
    '@opentelemetry/sdk-trace-node': ['tracing'],
    '@opentelemetry/exporter-trace-otlp-http': ['tracing'],
    '@opentelemetry/resources': ['tracing'],
    // The guides, and descriptions in the reference, are Markdown.
    marked: ['http'],
    undici: ['catalog', 'upstream'],
    zod: ['protocol', 'config', 'catalog', 'http'],
    yaml: ['config', 'cli'],
    ajv: ['grammar'],
    'ajv-formats': ['grammar'],
    // Only its metaschema, which is read by its file name.
    'ajv-draft-04': ['grammar'],
  },

  /** What the console in web/ may import. It gets everything else from the server, over HTTP. */
  webPackages: [
    'react',
    'react-dom',
    '@base-ui/react',
    '@tanstack/react-query',
    'wouter',
    'lucide-react',
    'react-markdown',
    // What remark-gfm and remark-math have inside, without the part that writes Markdown.
    'mdast-util-gfm',
    'mdast-util-math',
    'micromark-extension-gfm',
    'micromark-extension-math',
    // What rehype-highlight has inside: colours code that is complete, instead of all code again and again.
    'lowlight',
    'highlight.js',
    '@cfworker/json-schema',
    'temml',
    'uplot',
    // Only by the configuration of its build.
    'vite',
    '@vitejs/plugin-react',
  ],

  /** Node's own modules that a room may not import, as prefixes without `node:`; '' is all of them. */
  refusedBuiltins: {
    backend: [''],
    grammar: inputAndOutput,
    protocol: inputAndOutput,
    service: ['http', 'https', 'http2'],
    gateway: inputAndOutput,
    queueing: inputAndOutput,
  },
};

export interface HouseRules {
  readonly rooms: Readonly<Record<string, Room>>;
  /** Rooms and files with names in snake_case. */
  readonly snakeCase: readonly string[];
  readonly packages: Readonly<Record<string, readonly string[]>>;
  readonly webPackages: readonly string[];
  readonly refusedBuiltins: Readonly<Record<string, readonly string[]>>;
}

export interface Room {
  readonly uses: readonly string[];
  readonly types?: readonly string[];
}

import { createComponentSchemas } from '../src/http/openapi/component-schemas.ts';
import { listFields } from './list-fields.ts';
import { toCode, toMarkdownTable } from './markdown-table.ts';

const toHead = ({ title, path, source, isGenerating }: ApiPage) => `# ${title}: every field

\`POST /v1/inference${path}\`, and the same under \`/v1\`. The reference of a running server, with samples, is its
page \`/docs\`.

What we do with a field:

- **honoured**: it does what it says.
- **no effect**: accepted, because nothing that is asked for is lost without it.
- **refused**: not honoured yet. The values in the column "Range" change nothing and are accepted; any other is 400
  \`unsupported_parameter\` with the field's name.

A field that stands in no row is accepted and named in the header \`x-ignored-params\`, or refused with 400 where the
request has the header \`x-compat: strict\`. A null counts as absent where the type says so. No value is clamped in silence.
${isGenerating ? ownDefaults : ''}
<!-- Made by \`npm run docs:api\` from src/protocol/openai/${source}. -->

`;

const ownDefaults =
  'What the source of a model sets (`default_parameters` of `GET /models/{id}`) comes before the default that stands here.\n';

const columns = ['Field', 'Type', 'Range', 'Default', 'What we do', 'Meaning'];

/** A page of docs/api/, and the request whose fields it shows. */
export interface ApiPage {
  readonly file: string;
  readonly title: string;
  /** Under the API's base. */
  readonly path: string;
  readonly component: string;
  /** The file of its schema. */
  readonly source: string;
  /** A model's own defaults count here. */
  readonly isGenerating: boolean;
}

export const chatPage: ApiPage = {
  file: 'chat-completions.md',
  title: 'Chat completions',
  path: '/chat/completions',
  component: 'ChatCompletionRequest',
  source: 'chat/chat-completion-request.ts',
  isGenerating: true,
};

export const apiPages: readonly ApiPage[] = [
  chatPage,
  {
    file: 'responses.md',
    title: 'Responses',
    path: '/responses',
    component: 'ResponseRequest',
    source: 'responses/response-request.ts',
    isGenerating: true,
  },
  {
    file: 'completions.md',
    title: 'Text completions',
    path: '/completions',
    component: 'CompletionRequest',
    source: 'completions/completion-request.ts',
    isGenerating: true,
  },
  {
    file: 'embeddings.md',
    title: 'Embeddings',
    path: '/embeddings',
    component: 'EmbeddingRequest',
    source: 'embeddings/embedding.ts',
    isGenerating: false,
  },
  {
    file: 'tokenize.md',
    title: 'Tokens of a text',
    path: '/tokenize',
    component: 'TokenizeRequest',
    source: 'tokenization/tokenization.ts',
    isGenerating: false,
  },
];

/** The text of one page. */
export function toApiPage(page = chatPage): string {
  const rows = listFields(createComponentSchemas(), page.component).map((field) => [
    toCode(field.path),
    field.type,
    field.range,
    toCode(field.default),
    field.effect,
    field.description,
  ]);
  return `${toHead(page)}${toMarkdownTable(columns, rows)}`;
}

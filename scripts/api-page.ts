import { createComponentSchemas } from '../src/http/openapi/component-schemas.ts';
import { listFields } from './list-fields.ts';
import { toCode, toMarkdownTable } from './markdown-table.ts';

const head = `# Chat completions: every field

\`POST /v1/inference/chat/completions\`, and the same under \`/v1\`. The reference of a running server, with samples, is its
page \`/docs\`.

What we do with a field:

- **honoured**: it does what it says.
- **no effect**: accepted, because nothing that is asked for is lost without it.
- **refused**: not honoured yet. The values in the column "Range" change nothing and are accepted; any other is 400
  \`unsupported_parameter\` with the field's name.

A field that stands in no row is accepted and named in the header \`x-ignored-params\`, or refused with 400 where the
request has the header \`x-compat: strict\`. A null counts as absent where the type says so. No value is clamped in silence.

<!-- Made by \`npm run docs:api\` from src/protocol/openai/chat-completion-request.ts. -->

`;

const columns = ['Field', 'Type', 'Range', 'Default', 'What we do', 'Meaning'];

/** The text of docs/api/chat-completions.md. */
export function toApiPage(): string {
  const rows = listFields(createComponentSchemas(), 'ChatCompletionRequest').map((field) => [
    toCode(field.path),
    field.type,
    field.range,
    toCode(field.default),
    field.effect,
    field.description,
  ]);
  return `${head}${toMarkdownTable(columns, rows)}`;
}

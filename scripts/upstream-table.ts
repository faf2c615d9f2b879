import type { Dialect } from '../src/protocol/openai/upstream/dialect.ts';
import { dialectNotes } from '../src/protocol/openai/upstream/dialect-notes.ts';
import { dialects } from '../src/protocol/openai/upstream/dialects.ts';
import { upstreamKinds } from '../src/upstream-rules/upstream-kinds.ts';
import { toMarkdownTable } from './markdown-table.ts';

/** What stands before and behind the generated part of docs/guides/upstreams.md. */
export const presetMarks = ['<!-- presets: begin -->', '<!-- presets: end -->'] as const;

const samplingFields = [
  ['topK', 'top_k'],
  ['minP', 'min_p'],
  ['repetitionPenalty', 'repetition_penalty'],
  ['logitBias', 'logit_bias'],
] as const;

const formats = ['json-object', 'json-schema', 'pattern', 'choice', 'grammar'] as const;

const rows: readonly (readonly [string, (dialect: Dialect) => string])[] = [
  ['Token limit of a chat', ({ maxTokensField }) => `\`${maxTokensField}\``],
  ['Several answers (`n`)', ({ choices }) => (choices ? 'sent' : 'one request each')],
  ['Usage of cut streams', ({ continuousUsage }) => (continuousUsage === undefined ? 'estimated' : 'exact')],
  [
    'Sampling beyond OpenAI',
    ({ sampling }) =>
      toList(samplingFields.flatMap(([name, field]) => (sampling[name] ? [`\`${field}\``] : []))),
  ],
  [
    'Stop sequences',
    ({ stopSequencesMax }) =>
      stopSequencesMax === Number.POSITIVE_INFINITY ? '16' : String(stopSequencesMax),
  ],
  ['Formats', (dialect) => toList(formats.filter((kind) => dialect.formats[kind] !== undefined))],
  [
    '`tool_choice`',
    ({ toolChoices }) =>
      toList(
        [...toolChoices].map((choice) => `\`${choice}\``),
        'checked',
      ),
  ],
  ['Continued messages', ({ prefill }) => (prefill === undefined ? 'no' : 'yes')],
  [
    'Text completions',
    ({ textPrompts, tokenPrompts }) => (!textPrompts ? 'no' : tokenPrompts ? 'texts, tokens' : 'texts'),
  ],
  [
    '`echo`',
    ({ textPrompts, echo }) => (!textPrompts ? 'no' : echo === 'tokens' ? 'sent' : 'of texts, by Gravix'),
  ],
  ['`suffix`', ({ suffix, textPrompts }) => (suffix && textPrompts ? 'yes' : 'no')],
  ['`min_tokens`, `stop_token_ids`', ({ minTokensField }) => (minTokensField === undefined ? 'no' : 'yes')],
  [
    '`chat_template_kwargs`',
    ({ templateVariablesField }) => (templateVariablesField === undefined ? 'no' : 'yes'),
  ],
  ['`reasoning_budget`', ({ reasoningBudgetField }) => (reasoningBudgetField === undefined ? 'no' : 'yes')],
  ['Images, unless `capabilities` says otherwise', ({ images }) => (images ? 'yes' : 'no')],
];

function toList(words: readonly string[], none = 'none'): string {
  return words.length === 0 ? none : words.join(', ');
}

/** The table of the presets and the notes to each. */
export function toPresetSection(): string {
  const table = toMarkdownTable(
    ['', ...upstreamKinds.map((kind) => `\`${kind}\``)],
    rows.map(([title, toCell]) => [title, ...upstreamKinds.map((kind) => toCell(dialects[kind]))]),
  );
  const notes = upstreamKinds.map((kind) => {
    const cells = dialectNotes[kind].map((note) => [
      note.parameter,
      note.behaviour,
      note.handling,
      note.source,
    ]);
    return `### \`${kind}\`\n\n${toMarkdownTable(['parameter', 'the server', 'Gravix', 'source'], cells)}`;
  });
  return [table, ...notes].join('\n');
}

/** The guide with a section that is up to date. */
export function withPresetSection(guide: string): string {
  const [begin, end] = presetMarks;
  const [before, rest = ''] = guide.split(begin);
  const [, after] = rest.split(end);
  if (after === undefined) throw new Error('docs/guides/upstreams.md has no marks for the presets.');
  return `${before}${begin}\n\n${toPresetSection()}\n${end}${after}`;
}

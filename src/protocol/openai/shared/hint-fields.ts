import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';

// Hints: fields that an ordinary answer fulfils whatever their value. They are accepted without effect. If
// they ask for more than the default behaviour, they are listed in `x-ignored-params`.

const noEffect = 'Accepted without effect and listed in `x-ignored-params`.';

export const verbositySchema = z.enum(['low', 'medium', 'high']).nullish().meta({
  default: 'medium',
  description:
    'How long the answer should be. With `low` or `high` the model reads a sentence about it at the end of the system message, or the upstream gets the parameter; nothing enforces it.',
});

export const reasoningSummarySchema = z
  .enum(['auto', 'concise', 'detailed'])
  .nullish()
  .meta({
    description: `A summary of the reasoning. There is none, because the reasoning itself is returned. ${noEffect}`,
    'x-effect': 'none',
  });

export const truncationSchema = z
  .enum(['auto', 'disabled'])
  .nullish()
  .meta({
    default: 'disabled',
    description: `\`auto\`: items may be dropped if the conversation exceeds the context. Gravix never drops items and refuses the request with 400. ${noEffect}`,
    'x-effect': 'none',
  });

/** Of vLLM and llama-server, for all ways to complete a text. */
export const serverHintFields = {
  priority: z
    .int()
    .nullish()
    .meta({
      default: 0,
      description: `vLLM's priority in the queue. Requests run in order of arrival. ${noEffect}`,
      'x-effect': 'none',
    }),
  id_slot: z
    .int()
    .nullish()
    .meta({
      default: -1,
      description: `llama-server's slot. Use \`prompt_cache_key\` to keep requests together. ${noEffect}`,
      'x-effect': 'none',
    }),
};

/** The default behaviour. */
const neutralHints: Readonly<Record<string, readonly unknown[]>> = {
  summary: [],
  generate_summary: [],
  truncation: ['disabled'],
  priority: [0],
  id_slot: [-1],
};

/** Whether this field is a hint that asks for more than the default behaviour. */
export function isIdleHint(name: string, value: unknown): boolean {
  const neutral = Object.hasOwn(neutralHints, name) ? neutralHints[name] : undefined;
  if (neutral === undefined || value === null) return false;
  return !neutral.some((one) => isDeepStrictEqual(one, value));
}

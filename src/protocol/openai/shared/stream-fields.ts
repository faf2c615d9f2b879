import { z } from 'zod';
import { completionUsageSchema } from './completion-usage.ts';

/** Members of `stream_options` that every stream of chunks has. */
export const streamOptionFields = {
  include_usage: z.boolean().nullish().meta({
    default: false,
    description: 'Send a final chunk without choices that has the usage of the whole request.',
  }),
  continuous_usage_stats: z.boolean().nullish().meta({
    default: false,
    description:
      "vLLM's option: every chunk has the usage so far, for all choices together. The final chunk without choices comes only with `include_usage`.",
  }),
  include_obfuscation: z.boolean().nullish().meta({
    default: false,
    description:
      'Add random text, `obfuscation`, to each chunk with choices, so that the size of a chunk does not reveal the words of the answer.',
  }),
};

interface StreamFields {
  readonly stream?: boolean | null | undefined;
  readonly stream_options?:
    | {
        readonly include_usage?: boolean | null | undefined;
        readonly continuous_usage_stats?: boolean | null | undefined;
        readonly include_obfuscation?: boolean | null | undefined;
      }
    | null
    | undefined;
}

/** Whether every piece of the answer reports the usage so far. */
export function reportsUsage({ stream, stream_options: options }: StreamFields): boolean {
  return stream === true && options?.continuous_usage_stats === true;
}

/** Whether random text hides how long the pieces of the answer are. */
export function isObfuscated({ stream_options: options }: StreamFields): boolean {
  return options?.include_obfuscation === true;
}

/** The form of a stream of chunks. */
export interface ChunkStreamOptions {
  /** A last chunk without choices has the usage. */
  readonly includeUsage: boolean;
  readonly reportsUsage: boolean;
  /** Each chunk with choices has random text. */
  readonly isObfuscated: boolean;
}

export function toChunkStreamOptions(request: StreamFields): ChunkStreamOptions {
  return {
    includeUsage: request.stream_options?.include_usage === true,
    reportsUsage: reportsUsage(request),
    isObfuscated: isObfuscated(request),
  };
}

/** The fields that the options above add to a chunk. */
export const streamedFields = {
  usage: completionUsageSchema
    .nullish()
    .describe(
      'With `stream_options.include_usage`, null in all chunks except the last. With `continuous_usage_stats`, the usage so far.',
    ),
  obfuscation: z
    .string()
    .optional()
    .describe('Only with `stream_options.include_obfuscation`: meaningless random letters.'),
};

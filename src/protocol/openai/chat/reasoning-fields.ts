import { z } from 'zod';

export const reasoningEfforts = ['none', 'minimal', 'low', 'medium', 'high'] as const;

/** The members of a request that bound the thoughts of a model that thinks. */
export const reasoningFields = {
  reasoning_effort: z
    .enum(reasoningEfforts)
    .nullish()
    .describe(
      'How much of `max_completion_tokens`, or of what the context has left, may be thoughts: `minimal` a sixteenth, `low` a quarter, `medium` half, `high` three quarters; `none` asks the model not to think. A thought that has spent its share is ended, and the answer follows. Chat templates that know efforts or a switch for thoughts are told. On a model that does not think any but `none` is accepted, changes nothing, and is named in `x-ignored-params`.',
    ),
  reasoning_budget: z
    .int()
    .min(-1)
    .nullish()
    .describe(
      'Tokens that thoughts may have at most, 0 or more; the tag that ends a thought comes on top. 0 asks the model not to think, -1 is off. With `reasoning_effort` the lower of both limits counts. A model that does not think keeps to every budget.',
    ),
};

import { z } from 'zod';

export const reasoningEfforts = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max'] as const;

/** The fields that limit the reasoning of a model. */
export const reasoningFields = {
  reasoning_effort: z
    .enum(reasoningEfforts)
    .nullish()
    .describe(
      'Share of `max_completion_tokens`, or of the remaining context, for reasoning: `minimal` a sixteenth, `low` a quarter, `medium` half, `high` three quarters, `xhigh` seven eighths, `max` fifteen sixteenths. `none` asks the model not to reason. Reasoning that has used its share is ended, and the answer follows. Chat templates with a variable for the effort, or a switch for reasoning, receive it. For a model that does not reason, every value except `none` has no effect and is listed in `x-ignored-params`.',
    ),
  reasoning_budget: z
    .int()
    .min(-1)
    .nullish()
    .describe(
      'Maximum number of reasoning tokens, 0 or more, not counting the tag that ends the reasoning. 0 asks the model not to reason, -1 is off. With `reasoning_effort` the lower limit applies. Has no effect on a model that does not reason.',
    ),
};

import type { ModelFacts } from '../../backend/model-facts.ts';
import type { RequestedGeneration } from '../../backend/requested-generation.ts';

export interface OpenAnswerBounds {
  /** Tokens of a text whose request leaves its length open; 0: until the context is full. Default: 0. */
  readonly maxTokensDefault?: number;
  /** Whether an answer of open length that repeats itself ends. Default: false. */
  readonly repetitionStop?: boolean;
}

/**
 * Without a token limit, a small model that rambles continues to the end of the context, also within a JSON
 * object. Other formats and calls end on their own, and a model that reasons may need the whole context.
 */
export function boundOpenAnswer(
  request: RequestedGeneration,
  { capabilities }: Pick<ModelFacts, 'capabilities'>,
  { maxTokensDefault = 0, repetitionStop = false }: OpenAnswerBounds,
): RequestedGeneration {
  const { maxTokens, ending, outputFormat, toolUse } = request;
  const isOpen = (maxTokens ?? request.maxTokensDefault) === undefined;
  if (!isOpen || ending.isEndBarred || ending.minTokens > 0) return request;
  const isOpenForm = outputFormat === undefined || outputFormat.kind === 'json-object';
  const isText = isOpenForm && toolUse === undefined && !capabilities.reasoning;
  return {
    ...request,
    maxTokensDefault: isText && maxTokensDefault > 0 ? maxTokensDefault : request.maxTokensDefault,
    endsLoops: request.endsLoops ?? (repetitionStop ? true : undefined),
  };
}

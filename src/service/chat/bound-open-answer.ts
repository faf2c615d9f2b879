import type { ModelFacts } from '../../backend/model-facts.ts';
import type { RequestedGeneration } from '../../backend/requested-generation.ts';

export interface OpenAnswerBounds {
  /** Tokens of a text whose request leaves its length open; 0: until the context is full. Default: 0. */
  readonly maxTokensDefault?: number;
  /** Whether an answer of open length that repeats itself ends. Default: false. */
  readonly repetitionStop?: boolean;
}

/**
 * An answer of open length would go on to the end of the context where a small model rambles, also one that is any JSON
 * object. Other forms of the answer and calls end by themselves, and a model that thinks may need all that there is.
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
    ...(isText && maxTokensDefault > 0 ? { maxTokensDefault } : {}),
    ...(repetitionStop ? { endsLoops: request.endsLoops ?? true } : {}),
  };
}

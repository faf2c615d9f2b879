import type { BackendCapabilities } from '../backend/backend-capabilities.ts';
import type { GenerationRequest } from '../backend/generation-request.ts';

/**
 * The request for one of several kinds of backend. The service compiles grammars if any of them takes grammars. A backend
 * that takes none gets the forms as they stand; a schema that the conversation shows stays shown. What it is sent is reported
 * with the name of the deployment.
 */
export function toPlaceRequest(
  request: GenerationRequest,
  capabilities: Pick<BackendCapabilities, 'grammar'>,
  servedBy: string,
): GenerationRequest {
  const own = withOwnForms(request, capabilities);
  const { onSent } = own;
  return onSent === undefined ? own : { ...own, onSent: ({ settled }) => onSent({ settled, servedBy }) };
}

function withOwnForms(
  request: GenerationRequest,
  { grammar }: Pick<BackendCapabilities, 'grammar'>,
): GenerationRequest {
  const { toolUse } = request;
  if (grammar || (request.grammar === undefined && toolUse === undefined)) return request;
  return { ...request, grammar: undefined, toolUse: toolUse && withoutGrammars(toolUse) };
}

function withoutGrammars({
  callsMax: _callsMax,
  tools,
  ...toolUse
}: NonNullable<GenerationRequest['toolUse']>) {
  return {
    ...toolUse,
    tools: tools.map(({ argumentsGrammars: _grammars, takesAnyArguments: _takesAny, ...tool }) => tool),
  };
}

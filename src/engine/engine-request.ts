import type { GenerationRequest } from '../backend/generation-request.ts';
import type { ToolDefinition } from '../backend/tool.ts';
import { parseJson } from '../json/parse-json.ts';
import { writeJson } from '../json/write-json.ts';

/**
 * A request as it crosses to the engine process. The parameters of tools cross as JSON text, which keeps their numbers and
 * the order of their names. The engine goes by the grammar: the form that it was made from may be a megabyte of schema.
 */
export function packRequest(request: GenerationRequest): GenerationRequest {
  const packed = { ...request, outputFormat: undefined, onSent: undefined };
  return mapParameters(packed, (parameters) => writeJson(parameters));
}

/** The request that was packed. */
export function unpackRequest(request: GenerationRequest): GenerationRequest {
  return mapParameters(request, (text) => parseJson(String(text)));
}

function mapParameters(request: GenerationRequest, map: (parameters: unknown) => unknown): GenerationRequest {
  const { toolUse } = request;
  if (toolUse === undefined) return request;
  const tools = toolUse.tools.map(
    (tool): ToolDefinition =>
      tool.parameters === undefined ? tool : { ...tool, parameters: map(tool.parameters) },
  );
  return { ...request, toolUse: { ...toolUse, tools } };
}

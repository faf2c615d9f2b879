import type { Backend } from '../src/backend/backend.ts';
import type { ModelCapabilities, ModelFacts } from '../src/backend/model-facts.ts';
import { createFixedSource, createRouter, type RoutedModel, type Router } from '../src/gateway/router.ts';

/** Of a model that chats and can do all else that those can. */
export const chatCapabilities: ModelCapabilities = {
  chat: true,
  completions: true,
  tools: true,
  structuredOutputs: true,
  reasoning: true,
  logprobs: true,
  embeddings: false,
};

/** A backend under a name, with nothing special about it. */
export function createRoutedModel(
  name: string,
  backend: Backend,
  facts: ModelFacts = { capabilities: chatCapabilities },
): RoutedModel {
  return {
    name,
    aliasOf: undefined,
    deploymentName: name,
    ownedBy: 'library',
    createdAtSeconds: 1_752_093_069,
    backendKind: 'engine',
    facts,
    backend,
  };
}

/** One backend under one name. */
export function createRouterOf(name: string, backend: Backend, facts?: ModelFacts): Router {
  return createRouter(createFixedSource([createRoutedModel(name, backend, facts)]), {});
}

/** What a use case refuses, apart from what backends and keys refuse. */
export type ServiceErrorCode = 'model_not_found';

/** Its message is shown to clients. */
export class ServiceError extends Error {
  readonly code: ServiceErrorCode;
  readonly param: string;

  constructor(code: ServiceErrorCode, param: string, message: string) {
    super(message);
    this.name = 'ServiceError';
    this.code = code;
    this.param = param;
  }
}

/** Characters of a model name that a message quotes at most. */
const quotedNameMax = 100;

export function createModelNotFoundError(modelName: string): ServiceError {
  const quoted = modelName.length > quotedNameMax ? `${modelName.slice(0, quotedNameMax)}…` : modelName;
  return new ServiceError(
    'model_not_found',
    'model',
    `The model '${quoted}' does not exist or you do not have access to it.`,
  );
}

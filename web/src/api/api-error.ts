/** The body of an error, as every route of the API sends it. */
interface ErrorBody {
  readonly error?: {
    readonly message?: unknown;
    readonly param?: unknown;
    readonly code?: unknown;
  };
}

/** A refusal of the API. */
export class ApiError extends Error {
  readonly status: number;
  readonly param: string | undefined;
  readonly code: string | undefined;

  constructor(status: number, body: unknown) {
    const { message, param, code } = (body as ErrorBody | undefined)?.error ?? {};
    super(typeof message === 'string' ? message : `The server answered with status ${status}.`);
    this.name = 'ApiError';
    this.status = status;
    this.param = typeof param === 'string' ? param : undefined;
    this.code = typeof code === 'string' ? code : undefined;
  }
}

/** No answer: the server is not there, or the network is not. */
export class ConnectionError extends Error {
  constructor(cause: unknown) {
    super('The server does not answer. It may be stopped, or the network is down.', { cause });
    this.name = 'ConnectionError';
  }
}

export function toErrorText(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

export function isAbort(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'AbortError';
}

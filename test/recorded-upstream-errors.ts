// Errors that servers send: recorded (vLLM 0.32, llama-server b11434), or taken from their sources.
import type { BackendErrorCode } from '../src/backend/backend-error.ts';

export const toOpenAiError = (message: string, type: string, code: string | null = null) => ({
  error: { message, type, param: null, code },
});

/** A name, the status, the body as text or as JSON, and what it means. */
export const recordedErrors: readonly [string, number, unknown, BackendErrorCode][] = [
  [
    'llama-server: embeddings of a model that chats',
    501,
    '{"error":{"code":501,"message":"This server does not support embeddings. Start it with `--embeddings`","type":"not_supported_error"}}',
    'unsupported_model',
  ],
  [
    'vLLM: a bad parameter',
    400,
    '{"error":{"message":"temperature must be non-negative, got -5.0. (parameter=temperature, value=-5.0)","type":"BadRequestError","param":"temperature","code":400}}',
    'invalid_request',
  ],
  [
    'vLLM: an unknown model',
    404,
    '{"error":{"message":"The model `x` does not exist. Valid aliases: smol.","type":"NotFoundError","param":"model","code":404}}',
    'upstream_error',
  ],
  ['vLLM: an unknown path', 404, '{"detail":"Not Found"}', 'upstream_error'],
  ['vLLM: no key', 401, '{"error":"Unauthorized"}', 'upstream_error'],
  [
    'vLLM: no parser of tools',
    400,
    '{"error":{"message":"\\"auto\\" tool choice requires --enable-auto-tool-choice and --tool-call-parser to be set","type":"BadRequestError","param":null,"code":400}}',
    'upstream_error',
  ],
  [
    'vLLM: dead',
    500,
    '{"error":{"message":"EngineCore encountered an issue. See stack trace (above) for the root cause.","type":"InternalServerError","param":null,"code":500}}',
    'upstream_error',
  ],
  [
    'SGLang: a bad parameter',
    400,
    '{"object":"error","message":"max_completion_tokens must be positive","type":"BadRequestError","param":null,"code":400}',
    'invalid_request',
  ],
  [
    'llama-server: a bad body',
    400,
    '{"error":{"code":400,"message":"Expected \'messages\' to be an array","type":"invalid_request_error"}}',
    'invalid_request',
  ],
  [
    'llama-server: an unknown path',
    404,
    '{"error":{"message":"File Not Found","type":"not_found_error","code":404}}',
    'upstream_error',
  ],
  [
    'llama-server: a model that loads',
    503,
    '{"error":{"code":503,"message":"Loading model","type":"unavailable_error"}}',
    'model_loading',
  ],
  [
    'llama-server: a wrong key',
    401,
    '{"error":{"code":401,"message":"Invalid API Key","type":"authentication_error"}}',
    'upstream_error',
  ],
  [
    'Ollama: an unknown model',
    404,
    toOpenAiError('model "llama9" not found, try pulling it first', 'not_found_error'),
    'upstream_error',
  ],
  [
    'Ollama: no tools',
    400,
    toOpenAiError('registry.ollama.ai/library/gemma:2b does not support tools', 'invalid_request_error'),
    'invalid_request',
  ],
  [
    'Ollama: no reasoning',
    400,
    toOpenAiError('"llama3" does not support thinking', 'invalid_request_error'),
    'unsupported_reasoning',
  ],
  [
    'Ollama: busy',
    503,
    toOpenAiError('server busy, please try again.  maximum pending requests exceeded', 'api_error'),
    'overloaded',
  ],
  [
    'Ollama: its own form',
    500,
    '{"error":"llama runner process has terminated: exit status 2"}',
    'upstream_error',
  ],
  [
    'OpenAI: a wrong key',
    401,
    toOpenAiError(
      'Incorrect API key provided: sk-abcd1234. You can find your API key at https://platform.openai.com/account/api-keys.',
      'invalid_request_error',
      'invalid_api_key',
    ),
    'upstream_error',
  ],
  [
    'OpenAI: no money',
    429,
    toOpenAiError(
      'You exceeded your current quota, please check your plan and billing details.',
      'insufficient_quota',
      'insufficient_quota',
    ),
    'upstream_error',
  ],
  [
    'OpenAI: no money, by its type',
    429,
    toOpenAiError('You exceeded your current quota.', 'insufficient_quota', 'project_spend_limit_exceeded'),
    'upstream_error',
  ],
  [
    'OpenAI: too many requests',
    429,
    toOpenAiError(
      'Rate limit reached for gpt-4o in organization org-x on requests per min (RPM): Limit 3, Used 3, Requested 1. Please try again in 20s.',
      'requests',
      'rate_limit_exceeded',
    ),
    'rate_limited',
  ],
  [
    'OpenAI: a region',
    403,
    toOpenAiError(
      'Country, region, or territory not supported',
      'request_forbidden',
      'unsupported_country_region_territory',
    ),
    'upstream_error',
  ],
  [
    'OpenAI: busy',
    503,
    toOpenAiError('That model is currently overloaded with other requests.', 'server_error'),
    'overloaded',
  ],
  [
    'OpenAI: an unsupported value',
    400,
    toOpenAiError(
      "Unsupported value: 'temperature' does not support 0.2 with this model.",
      'invalid_request_error',
      'unsupported_value',
    ),
    'invalid_request',
  ],
  [
    'DeepSeek: no balance',
    402,
    toOpenAiError('Insufficient Balance', 'unknown_error', 'invalid_request_error'),
    'upstream_error',
  ],
  [
    'Google: a wrong key',
    400,
    [
      {
        error: {
          code: 400,
          message: 'API key not valid. Please pass a valid API key.',
          status: 'INVALID_ARGUMENT',
        },
      },
    ],
    'upstream_error',
  ],
  [
    'LiteLLM: too many requests',
    429,
    toOpenAiError(
      'litellm.RateLimitError: RateLimitError: OpenAIException - slow down',
      'throttling_error',
      '429',
    ),
    'rate_limited',
  ],
  [
    'LiteLLM: an unknown model',
    400,
    toOpenAiError(
      '/chat/completions: Invalid model name passed in model=x. Call `/v1/models` to view available models for your key.',
      'invalid_request_error',
      '400',
    ),
    'upstream_error',
  ],
  [
    'FastAPI: a body',
    422,
    { detail: [{ loc: ['body', 'messages'], msg: 'Field required', type: 'missing' }] },
    'invalid_request',
  ],
  [
    'Anthropic: busy',
    529,
    { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } },
    'overloaded',
  ],
  [
    'a proxy',
    502,
    '<html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>',
    'upstream_error',
  ],
  ['a proxy that waited', 504, '<html><body>504 Gateway Time-out</body></html>', 'timeout'],
  [
    'a body that is too large',
    413,
    '<html><body>413 Request Entity Too Large</body></html>',
    'invalid_request',
  ],
  ['a slow body', 408, '', 'timeout'],
  ['an empty body', 500, '', 'upstream_error'],
  ['a redirection', 302, '', 'upstream_error'],
];

/** The same for prompts that are too long, with what the sentence says. */
export const recordedOverflows: readonly [string, number, unknown, string][] = [
  [
    'vLLM',
    400,
    '{"error":{"message":"This model\'s maximum context length is 2048 tokens. However, your prompt contains at least 2049 input tokens, which exceeds this limit even without any output tokens. Please reduce the length of the input prompt. (parameter=input_tokens, value=2049)","type":"BadRequestError","param":"input_tokens","code":400}}',
    '2048 tokens. However, your messages resulted in 2049 tokens.',
  ],
  [
    'vLLM 0.10',
    400,
    {
      object: 'error',
      message:
        "This model's maximum context length is 4096 tokens. However, you requested 5400 tokens (5000 in the messages, 400 in the completion). Please reduce the length of the messages or completion.",
      type: 'BadRequestError',
      code: 400,
    },
    '4096 tokens. However, your messages resulted in 5000 tokens.',
  ],
  [
    'llama-server',
    400,
    '{"error":{"code":400,"message":"request (3031 tokens) exceeds the available context size (2048 tokens), try increasing it","type":"exceed_context_size_error","n_prompt_tokens":3031,"n_ctx":2048}}',
    '2048 tokens. However, your messages resulted in 3031 tokens.',
  ],
  [
    'llama-server without counts',
    500,
    toOpenAiError(
      'the request exceeds the available context size. try increasing the context size or enable context shift',
      'server_error',
    ),
    'exceeded this model',
  ],
  [
    'SGLang',
    400,
    {
      object: 'error',
      message: "The input (516368 tokens) is longer than the model's context length (262144 tokens).",
      type: 'BadRequestError',
      code: 400,
    },
    '262144 tokens. However, your messages resulted in 516368 tokens.',
  ],
  [
    'OpenAI',
    400,
    toOpenAiError(
      "This model's maximum context length is 128000 tokens. However, your messages resulted in 150000 tokens. Please reduce the length of the messages.",
      'invalid_request_error',
      'context_length_exceeded',
    ),
    '128000 tokens. However, your messages resulted in 150000 tokens.',
  ],
  [
    "OpenAI's newer models",
    400,
    toOpenAiError(
      'Your input exceeds the context window of this model. Please adjust your input and try again.',
      'invalid_request_error',
      'context_length_exceeded',
    ),
    'exceeded this model',
  ],
  [
    'LiteLLM',
    400,
    toOpenAiError(
      "litellm.ContextWindowExceededError: litellm.BadRequestError: ContextWindowExceededError: OpenAIException - This model's maximum context length is 8192 tokens. However, your messages resulted in 9000 tokens.",
      'invalid_request_error',
      '400',
    ),
    '8192 tokens. However, your messages resulted in 9000 tokens.',
  ],
  [
    'Ollama',
    400,
    toOpenAiError('the input length exceeds the context length', 'invalid_request_error'),
    'exceeded this model',
  ],
  [
    'a gateway around another',
    400,
    {
      error: {
        error: {
          message: 'prompt is too long: 213462 tokens > 200000 maximum',
          type: 'invalid_request_error',
        },
      },
    },
    '200000 tokens. However, your messages resulted in 213462 tokens.',
  ],
];

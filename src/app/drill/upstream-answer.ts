// What a well-behaved upstream says, as texts: the faults cut them, mix them and leave parts out.

/** The words of the whole answer. */
export const answerText = 'Hello world';

/** What a fault says before it fails in the middle. */
export const beginningText = 'Hello ';

function toEvent(json: string): string {
  return `data: ${json}\n\n`;
}

function toChunk(choice: string): string {
  return toEvent(
    `{"id":"chatcmpl-drill","object":"chat.completion.chunk","created":1700000000,"model":"drill","choices":[${choice}]}`,
  );
}

export const roleEvent = toChunk(
  '{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":null}',
);
export const beginningEvent = toChunk('{"index":0,"delta":{"content":"Hello "},"finish_reason":null}');
const endingEvent = toChunk('{"index":0,"delta":{"content":"world"},"finish_reason":null}');
const finishEvent = toChunk('{"index":0,"delta":{},"finish_reason":"stop"}');
export const doneEvent = 'data: [DONE]\n\n';

const usage = '{"prompt_tokens":9,"completion_tokens":2,"total_tokens":11}';

/** Neither can be: no model takes a thousand million tokens, and none makes less than one. */
export const absurdUsage = '{"prompt_tokens":1000000000,"completion_tokens":-5,"total_tokens":3}';

function toUsageEvent(counts: string): string {
  return toEvent(
    `{"id":"chatcmpl-drill","object":"chat.completion.chunk","created":1700000000,"model":"drill","choices":[],"usage":${counts}}`,
  );
}

/** All of a stream but its end. */
export function toEvents(counts: string = usage): string {
  return roleEvent + beginningEvent + endingEvent + finishEvent + toUsageEvent(counts);
}

/** The same as one object. */
export function toObject(counts: string = usage): string {
  return `{"id":"chatcmpl-drill","object":"chat.completion","created":1700000000,"model":"drill","choices":[{"index":0,"message":{"role":"assistant","content":"${answerText}"},"finish_reason":"stop"}],"usage":${counts}}`;
}

/** The first half of the object, in the middle of its text. */
export const beginningOfObject = toObject().slice(0, toObject().indexOf('world'));

export const failureText = '{"error":{"message":"The drill fails.","type":"server_error","code":null}}';

import { randomBytes } from 'node:crypto';
import type { RequestedGeneration } from '../../../backend/requested-generation.ts';
import { toGenerationRequest } from '../../openai/chat/to-generation-request.ts';
import type { ParsedMessageRequest } from './parse-message-request.ts';

/** 96 bits: ids of any two messages differ, on any number of servers. */
const idRandomBytes = 12;

export function createMessageId(): string {
  return `msg_${randomBytes(idRandomBytes).toString('hex')}`;
}

/** The input to generate from, or to count. */
export function toMessageGeneration(
  { chatFields, conversation, requestedFormat, requestedTools }: ParsedMessageRequest,
  id: string,
): RequestedGeneration {
  const { messages, isContinued } = conversation;
  return {
    ...toGenerationRequest(
      { ...chatFields, messages: [] },
      id,
      requestedFormat?.format,
      requestedTools?.toolUse,
    ),
    prompt: { kind: 'chat', messages },
    continuesLastMessage: isContinued,
  };
}

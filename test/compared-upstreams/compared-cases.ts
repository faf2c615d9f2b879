import { chatCases } from './chat-cases.ts';
import type { ComparedCase } from './compared-case.ts';
import { messageCases } from './message-cases.ts';
import { responseCases } from './response-cases.ts';

/** Of all APIs that the servers have in common with us. */
export const comparedCases: readonly ComparedCase[] = [...chatCases, ...responseCases, ...messageCases];

import { environmentIdentity } from '../src/service/keys/key-identity.ts';
import { type Caller, toCaller } from '../src/service/usage/caller.ts';
import type { UsageRecord } from '../src/service/usage/usage-record.ts';
import { createUseCaseFrame, type UseCase } from '../src/service/usage/use-case.ts';
import type { UseCaseCall } from '../src/service/usage/use-case-call.ts';

export interface TestUseCase extends Partial<Omit<UseCaseCall, 'caller'>> {
  /** Aborts when the client leaves. */
  readonly signal?: AbortSignal;
  readonly callerId?: string;
  readonly requestMsMax?: number | undefined;
  /** Gets what the sink gets. */
  readonly usages?: UsageRecord[];
}

/** A use case as an HTTP route opens one. */
export function openTestUseCase({
  callerId = 'someone',
  requestMsMax = 60_000,
  usages = [],
  signal,
  ...call
}: TestUseCase = {}): UseCase {
  const useCase = createUseCaseFrame({ take: (usage) => usages.push(usage) }).open({
    caller: createTestCaller(callerId, requestMsMax),
    requestId: 'req_test',
    endpoint: 'chat/completions',
    model: 'm',
    arrivedAtMs: performance.now(),
    isStreamed: false,
    ...call,
  });
  if (signal !== undefined) follow(signal, useCase);
  return useCase;
}

function follow(signal: AbortSignal, { leave, usage }: UseCase): void {
  const onAbort = () => leave(signal.reason);
  if (signal.aborted) onAbort();
  else signal.addEventListener('abort', onAbort);
  void usage.then(() => signal.removeEventListener('abort', onAbort));
}

function createTestCaller(id: string, requestMsMax: number): Caller {
  return toCaller({ ...environmentIdentity, id, name: 'test', scopes: ['inference'] }, { requestMsMax });
}

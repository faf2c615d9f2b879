import { BackendError, createContextOverflowError } from '../../src/backend/backend-error.ts';
import { callTools, finish, refuse, type Script, sayTexts, started, textDelta } from '../scripted-backend.ts';

/** Models that do what they are called, for tests of any API. */
export const usualScripts: Readonly<Record<string, Script>> = {
  good: sayTexts('Hel', 'lo'),
  json: sayTexts('{"a"', ':1}'),
  bad: sayTexts('{"a"'),
  silent: () => [started, finish(1)],
  cut: () => [started, textDelta('Once'), finish(1, 'length')],
  calling: callTools(['get_weather', '{"city":', '"Paris"}'], ['get_time', '{}']),
  broken: () => [started, textDelta('Hel'), { type: 'fail', error: new Error('broken') }],
  endless: () => [started, textDelta('a'), { type: 'wait-for-abort' }],
  long: refuse(createContextOverflowError(10, 20)),
  busy: refuse(new BackendError('overloaded', 'Busy.', { retryAfterMs: 1500 })),
};

import { RequestError } from './error.ts';

/** Asked to be kept where the operator lets nothing be kept. */
export function createStoreRefusal(): RequestError {
  const message =
    "Unsupported parameter: 'store' is not supported by this server, which keeps no answers. Leave it out.";
  return new RequestError([{ code: 'unsupported_parameter', param: 'store', message }]);
}

/** Bases of the API, each with all routes: the seeds' own, and the one that OpenAI's clients guess. */
export const apiBases = ['/v1/inference', '/v1'] as const;

/** One or more bases in front of another one. */
const extraBases = /^(?:\/v1(?:\/inference)?)+(?=\/v1(?:\/|\?|$))/;

/** More than one slash behind the base. */
const extraSlashes = /^(\/v1(?:\/inference)?)\/{2,}/;

/**
 * The URL that was meant. Some clients add `/v1` to whatever base URL they are given, `/v1/inference/v1/models`, and where a
 * base URL ends with a slash there are two. No route of ours begins so.
 */
export function toRouteUrl(url: string): string {
  return url.replace(extraBases, '').replace(extraSlashes, '$1/');
}

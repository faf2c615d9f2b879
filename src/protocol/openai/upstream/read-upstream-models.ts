import { isJsonObject, type JsonObject } from '../shared/json-object.ts';

/** A model, as an upstream lists it. */
export interface UpstreamModel {
  readonly id: string;
  /** Tokens that prompt and completion may have together; absent: it does not say. */
  readonly contextLength?: number;
  readonly ownedBy?: string;
}

/** Models of one list. */
export const listedModelsMax = 1000;

/** UTF-16 code units of the name of a model. */
const modelNameCharactersMax = 512;

/** The answer of `GET models`. undefined: it is none. Entries that are no models are passed over. */
export function readUpstreamModels(value: unknown): readonly UpstreamModel[] | undefined {
  const list = Array.isArray(value) ? value : isJsonObject(value) ? value['data'] : undefined;
  if (!Array.isArray(list)) return undefined;
  return list.slice(0, listedModelsMax).flatMap((entry): readonly UpstreamModel[] => {
    if (!isJsonObject(entry)) return [];
    const { id, owned_by: ownedBy } = entry;
    if (typeof id !== 'string' || id === '' || id.length > modelNameCharactersMax) return [];
    // Names stand in logs and on terminals.
    if (/[\p{Cc}\p{Surrogate}\p{Zl}\p{Zp}]/u.test(id)) return [];
    const contextLength = findContextLength(entry);
    return [
      {
        id,
        ...(contextLength === undefined ? {} : { contextLength }),
        ...(typeof ownedBy === 'string' ? { ownedBy: ownedBy.slice(0, modelNameCharactersMax) } : {}),
      },
    ];
  });
}

/** vLLM, SGLang, OpenRouter and LiteLLM, Gravix, llama-server. */
function findContextLength(entry: JsonObject): number | undefined {
  const meta = isJsonObject(entry['meta']) ? entry['meta'] : {};
  const names = ['max_model_len', 'context_length', 'context_window', 'max_input_tokens'];
  return firstLength([...names.map((name) => entry[name]), meta['n_ctx'], meta['n_ctx_train']]);
}

/** The context of one slot of llama-server, from `GET props`. */
export function readPropsContextLength(value: unknown): number | undefined {
  if (!isJsonObject(value)) return undefined;
  const settings = isJsonObject(value['default_generation_settings'])
    ? value['default_generation_settings']
    : {};
  return firstLength([settings['n_ctx'], value['n_ctx']]);
}

/** The context of a model of Ollama, from `POST api/show`: what its parameters say, or else what it was trained with. */
export function readShowContextLength(value: unknown): number | undefined {
  if (!isJsonObject(value)) return undefined;
  const parameters = typeof value['parameters'] === 'string' ? value['parameters'] : '';
  const set = /^num_ctx\s+(\d+)/m.exec(parameters)?.[1];
  const facts = isJsonObject(value['model_info']) ? value['model_info'] : {};
  const trained = Object.entries(facts).find(([name]) => name.endsWith('.context_length'))?.[1];
  return firstLength([set === undefined ? undefined : Number(set), trained]);
}

function firstLength(values: readonly unknown[]): number | undefined {
  return values.find(
    (value): value is number => typeof value === 'number' && Number.isInteger(value) && value > 0,
  );
}

/** UTF-16 code units of a version. */
const versionCharactersMax = 64;

/** From `GET version`, `GET api/version` or SGLang's `GET get_server_info`; of llama-server the `build_info` of its props. */
export function readUpstreamVersion(value: unknown): string | undefined {
  if (!isJsonObject(value)) return undefined;
  const found = value['version'] ?? value['build_info'];
  return typeof found === 'string' && found !== '' ? found.slice(0, versionCharactersMax) : undefined;
}

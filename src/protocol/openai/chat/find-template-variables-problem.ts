import type { RequestProblem } from '../shared/error.ts';
import { quoteInput } from '../shared/error.ts';
import { isJsonObject } from '../shared/json-object.ts';
import {
  templateVariablesCharactersMax,
  templateVariablesDepthMax,
  templateVariablesMax,
} from './template-fields.ts';

const param = 'chat_template_kwargs';

/** UTF-16 code units of a variable's name. */
const nameCharactersMax = 64;

/** Variables that form the prompt. Each has a parameter or follows from other fields. */
const ownNames: ReadonlySet<string> = new Set([
  'messages',
  'tools',
  'functions',
  'add_generation_prompt',
  'continue_final_message',
  'bos_token',
  'eos_token',
]);

/** The first problem. Undefined if there is none or the field is absent. */
export function findTemplateVariablesProblem(value: unknown): RequestProblem | undefined {
  if (!isJsonObject(value)) return undefined;
  let variables = 0;
  for (const name in value) {
    variables += 1;
    if (variables > templateVariablesMax) {
      const message = `Invalid '${param}': too many properties. Expected an object with at most ${templateVariablesMax} properties.`;
      return { code: 'object_above_max_properties', param, message };
    }
    if (name.length > nameCharactersMax || !/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) {
      return invalid(
        `its keys must be names of variables, up to ${nameCharactersMax} letters, digits and underscores`,
      );
    }
    if (ownNames.has(name)) return invalid(`${quoteInput(name)} is made from the request and can't be set`);
  }
  if (!isWithinDepth(value, templateVariablesDepthMax)) {
    return invalid(`it has more than ${templateVariablesDepthMax} levels`);
  }
  if (JSON.stringify(value).length > templateVariablesCharactersMax) {
    return invalid(`it has more than ${templateVariablesCharactersMax} characters of JSON`);
  }
  return undefined;
}

function invalid(reason: string): RequestProblem {
  return { code: 'invalid_value', param, message: `Invalid value for '${param}': ${reason}.` };
}

function isWithinDepth(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return true;
  return levels > 0 && Object.values(value).every((inner) => isWithinDepth(inner, levels - 1));
}

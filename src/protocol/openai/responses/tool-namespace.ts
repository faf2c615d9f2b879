// Models know no namespaces: a tool in one is called by a longer name.
import { createHash } from 'node:crypto';
import { toolNameCharactersMax } from '../chat/tool-fields.ts';
import type { ResponseNamespaceTool } from './response-tools.ts';

/** Hexadecimal digits that stand for the end of a name that is too long. */
const digestDigits = 12;

interface NamespacedName {
  readonly name: string;
  readonly namespace?: string | null | undefined;
}

/** The name that the model knows. It is the same in every request, so that a conversation keeps its prompt. */
export function toModelName({ name, namespace }: NamespacedName): string {
  if (namespace === undefined || namespace === null) return name;
  const whole = `${namespace}__${name}`;
  if (whole.length <= toolNameCharactersMax) return whole;
  const digest = createHash('sha256').update(whole).digest('hex').slice(0, digestDigits);
  return `${whole.slice(0, toolNameCharactersMax - digestDigits - 1)}_${digest}`;
}

/** The tools of a namespace. The model reads the description of the namespace once, before the first one's. */
export function describeTools({ name, description, tools }: ResponseNamespaceTool) {
  return tools.map((tool, index) => {
    if (index > 0 || !description) return tool;
    const shared = `About all tools ${name}__…: ${description}`;
    return { ...tool, description: [shared, tool.description ?? ''].filter(Boolean).join('\n\n') };
  });
}

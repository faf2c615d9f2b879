import type { CallSyntax } from './call-syntax.ts';
import { createToolCallFormat } from './create-tool-call-format.ts';
import {
  findResults,
  findToolVariable,
  type RenderTemplate,
  readsCalls,
  renderCalls,
} from './probe-template.ts';
import {
  commandSyntax,
  firefunctionSyntax,
  graniteSyntax,
  hermesSyntax,
  llamaSyntax,
  mistralListSyntax,
} from './syntaxes/json-object-syntaxes.ts';
import {
  deepseekR1Syntax,
  deepseekV31Syntax,
  functionaryRecipientSyntax,
  functionarySyntax,
  harmonySyntax,
  kimiSyntax,
  mistralIdSyntax,
  mistralSyntax,
} from './syntaxes/named-syntaxes.ts';
import {
  deepseekV32Syntax,
  gemmaSyntax,
  glmSyntax,
  lfmSyntax,
  minimaxSyntax,
  qwenCoderSyntax,
  seedSyntax,
} from './syntaxes/parameter-syntaxes.ts';
import type { CallShape, FoundSyntax } from './template-traits.ts';
import type { ToolCallFormat } from './tool-call-format.ts';

/** Formats with more distinctive signs come before formats that share some of them. */
export const callSyntaxes: readonly CallSyntax[] = [
  ...[mistralIdSyntax, mistralSyntax, mistralListSyntax],
  ...[qwenCoderSyntax, seedSyntax, glmSyntax, minimaxSyntax, deepseekV32Syntax, gemmaSyntax],
  ...[deepseekR1Syntax, deepseekV31Syntax, kimiSyntax, harmonySyntax, commandSyntax],
  ...[functionaryRecipientSyntax, functionarySyntax, firefunctionSyntax, graniteSyntax, lfmSyntax],
  ...[llamaSyntax, hermesSyntax],
];

/** For models whose template knows nothing of tools. */
const genericSyntax: CallSyntax = { ...hermesSyntax, name: 'generic' };

const shapes: readonly CallShape[] = [
  { emptyContent: '', arguments: 'object' },
  { emptyContent: null, arguments: 'object' },
  { emptyContent: '', arguments: 'text' },
  { emptyContent: null, arguments: 'text' },
];

/**
 * How the model of this template calls tools. What the template does is found out by rendering conversations with
 * it; `render` may throw. A template that writes calls in a way that we can read decides by that alone; for the
 * others it is the texts in the template, and else the generic form. Renders about 20 times: once for a model.
 */
export function findToolCallFormat(templateText: string, render: RenderTemplate): ToolCallFormat {
  const { syntax, traits } = findSyntax(templateText, render);
  return createToolCallFormat(syntax, traits);
}

/** Exported for its test. */
export function findSyntax(templateText: string, render: RenderTemplate): FoundSyntax {
  const shown = findShownCalls(templateText, render);
  const syntax = shown?.syntax ?? callSyntaxes.find((one) => hasSigns(one, templateText)) ?? genericSyntax;
  const isParallelShown =
    shown === undefined || readsCalls(shown.syntax, renderCalls(render, shown.shape, 2) ?? '', 2);
  return {
    syntax: isParallelShown ? syntax : { ...syntax, callsMax: 1 },
    traits: {
      toolVariable: findToolVariable(render),
      call: shown?.shape,
      // Many templates print any role's name, also one that their model has never seen.
      showsResults:
        (syntax !== genericSyntax || /['"]tool['"]/.test(templateText)) && findResults(render, shown?.shape),
      showsParallelCalls: isParallelShown,
    },
  };
}

interface ShownCalls {
  readonly syntax: CallSyntax;
  readonly shape: CallShape;
}

/** The first family that reads what the template writes, in the shape for which it writes the least. */
function findShownCalls(templateText: string, render: RenderTemplate): ShownCalls | undefined {
  const renderings = shapes
    .map((shape) => ({ shape, rendered: renderCalls(render, shape, 1) ?? '' }))
    .sort((one, other) => toLength(one.rendered) - toLength(other.rendered));
  for (const syntax of callSyntaxes) {
    for (const { shape, rendered } of renderings) {
      if (hasSigns(syntax, templateText + rendered) && readsCalls(syntax, rendered, 1))
        return { syntax, shape };
    }
  }
  return undefined;
}

/** Without white space, which is also in JSON that a template writes itself. */
function toLength(rendered: string): number {
  return rendered.replace(/\s+/g, '').length;
}

function hasSigns({ signs }: CallSyntax, text: string): boolean {
  return signs.every((sign) => text.includes(sign));
}

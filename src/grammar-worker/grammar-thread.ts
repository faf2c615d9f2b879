// The program of the thread: compiles formats and checks answers, one at a time. If a schema keeps it busy,
// its parent ends it. It is an entry that is started by file name and never imported.
import { type MessagePort, parentPort } from 'node:worker_threads';
import { compileArguments } from '../grammar/compile-arguments.ts';
import { compileOutputFormat } from '../grammar/compile-output-format.ts';
import type { CompiledArguments, CompiledGrammar } from '../grammar/compiled-grammar.ts';
import { createArgumentsCheck, createOutputCheck, type OutputCheck } from '../grammar/create-output-check.ts';
import { findMalformedKeywords } from '../grammar/find-malformed-keywords.ts';
import { UnsupportedSchemaError } from '../grammar/gbnf/unsupported-schema-error.ts';
import { compileLimitsDefault } from '../grammar/json-schema/compile-run.ts';
import { toAnswerBounds } from '../grammar/to-answer-bounds.ts';
import { parseJson } from '../json/parse-json.ts';
import { findOsThreadId } from './thread-processor-time.ts';
import type { WorkerAnswer, WorkerForm, WorkerRequest } from './worker-message.ts';

function serve(port: MessagePort): void {
  const checks = new Map<string, OutputCheck>();
  const findCheck = (key: string, formatText: string | undefined): OutputCheck | undefined => {
    const check = checks.get(key) ?? (formatText === undefined ? undefined : toCheck(toForm(formatText)));
    if (check !== undefined) checks.set(key, check);
    return check;
  };
  const answer = (request: Exclude<WorkerRequest, { type: 'forget' }>): WorkerAnswer => {
    const { key, formatText } = request;
    if (request.type === 'compile') {
      // Before the validator, which takes longer to find that a schema is too large.
      const grammar = compile(toForm(request.formatText));
      findCheck(key, formatText);
      return { type: 'compiled', grammar };
    }
    const check = findCheck(key, formatText);
    if (check === undefined) return { type: 'failed', message: `No check is known under ${key}.` };
    return { type: 'checked', problems: check(request.text) };
  };
  port.on('message', (request: WorkerRequest) => {
    if (request.type === 'forget') {
      checks.delete(request.key);
      return;
    }
    let reply: WorkerAnswer;
    try {
      reply = answer(request);
    } catch (error) {
      reply = toFailure(error);
    }
    port.postMessage(reply);
  });
  port.postMessage({ type: 'ready', osThreadId: findOsThreadId() } satisfies WorkerAnswer);
}

/** A schema that is not strict is not checked, so that it need not be one that can be. */
function toCheck(form: WorkerForm): OutputCheck {
  if ('strict' in form && !form.strict) return () => [];
  return form.kind === 'tool-arguments' ? createArgumentsCheck(form.parameters) : createOutputCheck(form);
}

function compile(form: WorkerForm): CompiledGrammar | CompiledArguments {
  switch (form.kind) {
    case 'json-schema':
      return holdKeywords(form.schema, form.strict, () => compileAnswer(form));
    case 'tool-arguments':
      return holdKeywords(form.parameters ?? {}, form.strict, () =>
        compileArguments(form.parameters, form.notation, form.callCharactersMax),
      );
    default:
      return compileAnswer(form);
  }
}

function compileAnswer(form: Exclude<WorkerForm, { kind: 'tool-arguments' }>): CompiledGrammar {
  const { stringCharactersMax } = form;
  const bounds = stringCharactersMax === undefined ? undefined : toAnswerBounds(stringCharactersMax);
  return compileOutputFormat(form, { ...compileLimitsDefault, bounds });
}

/** A malformed keyword is dropped; strict promises that nothing is, and else it's named as one that nothing holds. */
function holdKeywords<Compiled extends Pick<CompiledGrammar, 'checkedAfterwards'>>(
  schema: unknown,
  isStrict: boolean,
  compileForm: () => Compiled,
): Compiled {
  const malformed = findMalformedKeywords(schema);
  const [first] = malformed;
  if (first !== undefined && isStrict) throw new UnsupportedSchemaError(first.path, first.message);
  const compiled = compileForm();
  return { ...compiled, checkedAfterwards: [...compiled.checkedAfterwards, ...malformed] };
}

function toForm(formatText: string): WorkerForm {
  return parseJson(formatText) as WorkerForm;
}

function toFailure(error: unknown): WorkerAnswer {
  if (error instanceof UnsupportedSchemaError) {
    return { type: 'refused', path: error.path, message: error.message };
  }
  // A stack overflow means that the input is nested too deeply.
  if (error instanceof RangeError) {
    return { type: 'refused', path: '', message: 'The schema is too large or nested too deep.' };
  }
  return { type: 'failed', message: error instanceof Error ? (error.stack ?? error.message) : String(error) };
}

if (parentPort !== null) {
  serve(parentPort);
}

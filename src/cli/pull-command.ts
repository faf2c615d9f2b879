import { type Command, InvalidArgumentError } from 'commander';
import { isModelName, modelNameCharactersMax } from '../catalog/model-name.ts';
import type { CommandSurroundings } from './command-surroundings.ts';
import { pullReference } from './ensure-model.ts';
import { createJsonPullView, createTerminalPullView } from './pull-view.ts';
import { createStopSignal } from './stop-signal.ts';

interface PullFlags {
  readonly force: boolean;
  readonly json: boolean;
  readonly name?: string;
}

const nameHelp = `
NAME is one of
  llama3.1:8b-instruct-fp16          a name of the catalogue, or a family alone
  hf:owner/repository/file.gguf      a file of Hugging Face, also the first of several
  hf:owner/repository:Q4_K_M         the file of that quantization
  ollama:name:tag                    a model of Ollama's registry
  https://host/path/file.gguf        an address
  ./file.gguf                        a file of this machine`;

/** `gravix pull [NAME]`: fetches a model into the data folder, or finds that it is there. */
export function registerPullCommand(program: Command, surroundings: CommandSurroundings): void {
  const { output, errorOutput, input } = surroundings;
  program
    .command('pull')
    .description('fetch a model')
    .argument('[name]', 'the model; by default the one that would be served')
    .option('--force', 'fetch it anew even when it is there', false)
    .option('--name <name>', 'install it under this name', toModelName)
    .option('--json', 'print JSON: one event a line, the last of type installed', false)
    .addHelpText('after', nameHelp)
    .action(async (text: string | undefined, { force, json, name }: PullFlags) => {
      const config = surroundings.loadConfig({});
      const stop = createStopSignal();
      try {
        const view = json ? createJsonPullView(output) : createTerminalPullView(errorOutput, input);
        const options = { config, signal: stop.signal, force, name };
        const model = await pullReference(options, text ?? config.model, view);
        const line = json
          ? JSON.stringify({ type: 'installed', model })
          : `${model.name} is ready (${model.sizeBytes} bytes, checksum right)`;
        output.write(`${line}\n`);
      } finally {
        stop.close();
      }
    });
}

function toModelName(text: string): string {
  if (isModelName(text)) return text;
  throw new InvalidArgumentError(
    `Write a name such as mine:latest: letters, digits and . _ - : / @ +, up to ${modelNameCharactersMax} characters.`,
  );
}

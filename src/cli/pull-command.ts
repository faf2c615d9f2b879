import { type Command, InvalidArgumentError } from 'commander';
import { isModelName, modelNameCharactersMax } from '../catalog/model-name.ts';
import type { CommandContext } from './command-context.ts';
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
  llama3.1:8b-instruct-fp16          a name from the catalogue, or only a family
  hf:owner/repository/file.gguf      a file on Hugging Face; the first one of a split model
  hf:owner/repository:Q4_K_M         the file with that quantization
  ollama:name:tag                    a model in Ollama's registry
  https://host/path/file.gguf        a URL
  ./file.gguf                        a file on this machine`;

/** `gravix pull [NAME]`: downloads a model into the data folder, or finds it there. */
export function registerPullCommand(program: Command, context: CommandContext): void {
  const { output, errorOutput, input } = context;
  program
    .command('pull')
    .description('download and install a model')
    .argument('[name]', 'the model; by default the one in the settings')
    .option('--force', 'download it again even if it is installed', false)
    .option('--name <name>', 'install it under this name', toModelName)
    .option('--json', 'print JSON: one event per line, the last one of type installed', false)
    .addHelpText('after', nameHelp)
    .action(async (text: string | undefined, { force, json, name }: PullFlags) => {
      const config = context.loadConfigWithoutKeys();
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

/**
 * The command line: its commands and their flags, and the exit code of each run. What commands do is in their
 * own files, which are loaded when they are called.
 */
import { Command, CommanderError } from 'commander';
import { errorLine, EXIT, explain } from './errors.js';
import type { Terminal } from './terminal.js';
import type { EvaluateFlags } from './evaluate.js';
import { addEvaluateFlags, evaluate } from './evaluate.js';
import type { InfoFlags } from './info.js';
import { addInfoFlags, info } from './info.js';
import type { PredictFlags } from './predict.js';
import { addPredictFlags, predict } from './predict.js';
import type { ServeFlags } from './serve/command.js';
import { addServeFlags, serve } from './serve/command.js';
import type { TrainFlags } from './train/command.js';
import { addTrainFlags, train } from './train/command.js';

/** Runs a command, such as `['info', 'model.safetensors']`. @returns the exit code */
export async function runCli(args: readonly string[], terminal: Terminal): Promise<number> {
  let exitCode: number = EXIT.ok;
  const program = programFor(terminal, args, (code) => (exitCode = code));
  try {
    await program.parseAsync(args, { from: 'user' });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
    const { message, exitCode: code } = explain(error);
    terminal.progress('');
    terminal.tell(errorLine(message));
    return code;
  }
}

/** commander's message on one line, as ours are. */
function usageLine(text: string): string {
  const words = text
    .replace(/^error: /, '')
    .trim()
    .split('\n')
    .join(' ');
  return errorLine(/[.?!)]$/.test(words) ? words : `${words}.`);
}

const MODEL = 'model file that train has written';
const DATA = 'CSV file, or - for the standard input';

function programFor(terminal: Terminal, args: readonly string[], end: (code: number) => void): Command {
  const program = new Command('lamella')
    .description('Trains neural networks on tables, and predicts with them.')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void terminal.write(text),
      writeErr: (text) => terminal.tell(text),
      outputError: (text, write) => write(usageLine(text)),
    })
    .showSuggestionAfterError();
  const command = (name: string, description: string) =>
    program.command(name).description(description).exitOverride().allowExcessArguments(false);
  addTrainFlags(command('train', 'train a model on a CSV file, and report how good it is'))
    .argument('<data.csv>', DATA)
    .action(async (path: string, flags: TrainFlags) => end(await train(terminal, path, flags, args)));
  addEvaluateFlags(command('evaluate', 'score a model on a CSV file that has the target'))
    .argument('<model>', MODEL)
    .argument('<data.csv>', DATA)
    .action(async (model: string, path: string, flags: EvaluateFlags) => {
      end(await evaluate(terminal, model, path, flags));
    });
  addPredictFlags(command('predict', 'predict the rows of a CSV file, as CSV'))
    .argument('<model>', MODEL)
    .argument('<data.csv>', DATA)
    .action(async (model: string, path: string, flags: PredictFlags) => {
      end(await predict(terminal, model, path, flags));
    });
  addInfoFlags(command('info', 'say what a model file holds'))
    .argument('<model>', 'model file of any kind')
    .action(async (model: string, flags: InfoFlags) => end(await info(terminal, model, flags)));
  addServeFlags(command('serve', 'predict over HTTP: POST records as JSON to /predict'))
    .argument('<model>', MODEL)
    .action(async (model: string, flags: ServeFlags) => end(await serve(terminal, model, flags)));
  return program;
}

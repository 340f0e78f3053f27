/** `completion`: prints the completion script of a shell. */

import { Argument, type Command } from 'commander';
import { completionScript, INSTALL_HINTS, SHELLS } from '../completion-script.js';
import type { Io } from '../io.js';

export function registerCompletion(program: Command, io: Io): void {
  program
    .command('completion')
    .description('print a shell completion script for commands and options')
    .addArgument(new Argument('<shell>', 'the shell').choices(SHELLS))
    .addHelpText('after', `\nExamples:\n${Object.values(INSTALL_HINTS).join('\n')}`)
    .action((shell: (typeof SHELLS)[number]) => io.out(completionScript(program, shell)));
}

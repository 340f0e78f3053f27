/** `completion`: what a shell needs to complete our commands. */

import { Argument, type Command } from 'commander';
import { completionScript, INSTALL_HINTS, SHELLS } from '../completion-script.js';
import type { Io } from '../io.js';

export function registerCompletion(program: Command, io: Io): void {
  program
    .command('completion')
    .description('print a script that completes commands and options with Tab')
    .addArgument(new Argument('<shell>', 'which shell').choices(SHELLS))
    .addHelpText('after', `\nExamples:\n${Object.values(INSTALL_HINTS).join('\n')}`)
    .action((shell: (typeof SHELLS)[number]) => io.out(completionScript(program, shell)));
}

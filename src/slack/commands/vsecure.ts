/** `/vsecure`: finds the sub-command, reads its arguments, and shows the answer to the person who typed it. Unknown input gets help. */

import { asciiLower } from '../../domain/ascii.js';
import { nearest } from '../../domain/did-you-mean.js';
import { explain } from '../../domain/refusal.js';
import { ok, type Result } from '../../domain/result.js';
import { visibleText } from '../../domain/untrusted-text.js';
import type { IdentifySlackActor } from '../../usecases/people/identify-slack-user.js';
import type { Workspace } from '../client/workspace.js';
import { clip } from '../format/clip.js';
import type { Dates } from '../format/dates.js';
import type { Interaction } from '../inbound/interaction.js';
import { readClick } from '../inbound/payload.js';
import { type Answer, answerForms } from './answer.js';
import { problem, readArguments } from './arguments.js';
import { type CatalogueParts, createCatalogue } from './catalogue.js';
import type { Command, CommandRequest } from './command.js';
import { createHelp, shortHelp } from './help.js';
import { fromPageButton, type PageQuery, pageButtons } from './pager.js';
import { splitWords } from './split-words.js';

export interface VsecureCommandParts extends CatalogueParts {
  readonly identify: IdentifySlackActor;
  readonly workspace: () => Workspace | undefined;
  readonly dates: Dates;
}

export interface VsecureCommand {
  run(text: string, from: Interaction): Promise<void>;
  /** A page button below an answer: runs the same query again, for the person who clicked. */
  page(body: unknown, from: Interaction): Promise<void>;
}

/** Characters. The longest reason fits, escaped. */
const TEXT_MAX = 11_000;
const SENTENCE_MAX = 2900;

const OLD_PAGE = 'This answer has no more pages. Run the command again.';

export function createVsecureCommand(parts: VsecureCommandParts): VsecureCommand {
  const catalogue = createCatalogue(parts);
  const commands = [...catalogue, createHelp(catalogue)];

  async function answerQuery(
    query: PageQuery,
    interaction: Interaction,
    replace: boolean,
  ): Promise<void> {
    const found = find(commands, query.text);
    const command = found.ok ? found.value : undefined;
    if (replace && !command?.pages) return interaction.reply(OLD_PAGE);
    const answer = found.ok ? await runCommand(parts, found.value, query, interaction) : found;
    if (!answer.ok)
      return interaction.reply(withUsage(explain(answer.refusal), answer.refusal.code, command));
    const forms = answerForms(answer.value, pageButtons(query, answer.value.next));
    // The Slack look-alike of the demo draws no tables.
    await interaction.show(parts.dates === 'plain' ? forms.slice(-1) : forms, replace);
  }

  return {
    async run(text, interaction) {
      await interaction.ack();
      await answerQuery({ text }, interaction, false);
    },
    async page(body, interaction) {
      await interaction.ack();
      const query = fromPageButton(readClick(body)?.value);
      await (query ? answerQuery(query, interaction, true) : interaction.reply(OLD_PAGE));
    },
  };
}

/** An empty text means help. */
function find(commands: readonly Command[], text: string): Result<Command> {
  const [typed = 'help'] = text.trim().split(/\s+/, 1);
  const name = typed === '' ? 'help' : asciiLower(typed);
  const command = commands.find((one) => one.name === name);
  if (command) return ok(command);
  const near = nearest(
    name,
    commands.map((one) => one.name),
  );
  const hint = near ? ` Did you mean /vsecure ${near}?` : '';
  return problem(`/vsecure ${clip(typed, 40)} is not a command.${hint}\n\n${shortHelp(commands)}`);
}

async function runCommand(
  { identify, workspace }: VsecureCommandParts,
  command: Command,
  { text, after }: PageQuery,
  { userId }: Interaction,
): Promise<Result<Answer>> {
  if (text.length > TEXT_MAX) return problem('This command is too long.');
  const typed = text.trim().replace(/^\S+/, '');
  const words = splitWords(typed);
  const args = words.ok ? readArguments(command, words.value, typed) : words;
  if (!args.ok) return args;
  const slackActor = { teamId: workspace()?.teamId ?? '', userId };
  const request: CommandRequest = {
    ...args.value,
    slackActor,
    after,
    now: new Date(),
    who: () => identify(slackActor),
  };
  return command.answer(request);
}

/** A usage error is shown with the correct usage. */
function withUsage(sentence: string, code: string, command: Command | undefined): string {
  const usage = command && code === 'invalid_input' ? `\n\n${usageOf(command)}` : '';
  return clip(visibleText(sentence).text, SENTENCE_MAX - usage.length) + usage;
}

const usageOf = ({ name, usage, examples }: Command): string =>
  [
    `Usage: /vsecure ${name} ${usage}`.trim(),
    ...examples.slice(0, 2).map((example) => `For example: /vsecure ${example}`),
  ].join('\n');

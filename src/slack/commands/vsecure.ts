/** `/vsecure`: finds the sub-command, reads its arguments, shows its answer to whoever asked. Unknown input gets help. */

import { nearest } from '../../domain/did-you-mean.js';
import { explain } from '../../domain/refusal.js';
import type { Result } from '../../domain/result.js';
import { visibleText } from '../../domain/untrusted-text.js';
import type { IdentifySlackActor } from '../../usecases/people/identify-slack-user.js';
import type { Workspace } from '../client/workspace.js';
import { clip } from '../format/clip.js';
import type { Dates } from '../format/dates.js';
import type { Interaction } from '../inbound/interaction.js';
import { readClick } from '../inbound/payload.js';
import { type Answer, shownAnswer } from './answer.js';
import { problem, readArguments } from './arguments.js';
import { type CatalogueParts, createCatalogue } from './catalogue.js';
import type { Asked, Command } from './command.js';
import { createHelp, shortHelp } from './help.js';
import { fromPageButton, pageButtons, type Question } from './pager.js';
import { splitWords } from './split-words.js';

export interface VsecureCommandParts extends CatalogueParts {
  readonly identify: IdentifySlackActor;
  readonly workspace: () => Workspace | undefined;
  readonly dates: Dates;
}

export interface VsecureCommand {
  run(text: string, from: Interaction): Promise<void>;
  /** A button below an answer: the same question again, asked by whoever pressed. */
  page(body: unknown, from: Interaction): Promise<void>;
}

/** Characters. A reason of the longest kind fits in, escaped. */
const TEXT_MAX = 11_000;
const TOLD_MAX = 2900;

const OLD_PAGE = 'This answer cannot be turned any more. Please ask again.';

export function createVsecureCommand(parts: VsecureCommandParts): VsecureCommand {
  const catalogue = createCatalogue(parts);
  const commands = [...catalogue, createHelp(catalogue)];

  async function reply(
    question: Question,
    interaction: Interaction,
    instead: boolean,
  ): Promise<void> {
    const found = find(commands, question.text);
    const command = found.ok ? found.value : undefined;
    if (instead && !command?.pages) return interaction.tell(OLD_PAGE);
    const answer = found.ok ? await ask(parts, found.value, question, interaction) : found;
    if (!answer.ok)
      return interaction.tell(told(explain(answer.refusal), answer.refusal.code, command));
    const ways = shownAnswer(answer.value, pageButtons(question, answer.value.next));
    // What stands in for Slack in a demo draws no tables.
    await interaction.show(parts.dates === 'plain' ? ways.slice(-1) : ways, instead);
  }

  return {
    async run(text, interaction) {
      await interaction.ack();
      await reply({ text }, interaction, false);
    },
    async page(body, interaction) {
      await interaction.ack();
      const question = fromPageButton(readClick(body)?.value);
      await (question ? reply(question, interaction, true) : interaction.tell(OLD_PAGE));
    },
  };
}

/** Nothing typed means help. */
function find(commands: readonly Command[], text: string): Result<Command> {
  const [typed = 'help'] = text.trim().split(/\s+/, 1);
  const name = typed === '' ? 'help' : typed.toLowerCase();
  const command = commands.find((one) => one.name === name);
  if (command) return { ok: true, value: command };
  const near = nearest(
    name,
    commands.map((one) => one.name),
  );
  const hint = near ? ` Did you mean /vsecure ${near}?` : '';
  return problem(`There is no /vsecure ${clip(typed, 40)}.${hint}\n\n${shortHelp(commands)}`);
}

async function ask(
  { identify, workspace }: VsecureCommandParts,
  command: Command,
  { text, after }: Question,
  { userId }: Interaction,
): Promise<Result<Answer>> {
  if (text.length > TEXT_MAX)
    return problem('That is longer than anything that can be asked here.');
  const typed = text.trim().replace(/^\S+/, '');
  const words = splitWords(typed);
  const given = words.ok ? readArguments(command, words.value, typed) : words;
  if (!given.ok) return given;
  const slackActor = { teamId: workspace()?.teamId ?? '', userId };
  const asked: Asked = {
    ...given.value,
    slackActor,
    after,
    now: new Date(),
    who: () => identify(slackActor),
  };
  return command.answer(asked);
}

/** Wrong usage is answered with what is right. */
function told(sentence: string, code: string, command: Command | undefined): string {
  const usage = command && code === 'invalid_input' ? `\n\n${usageOf(command)}` : '';
  return clip(visibleText(sentence).text, TOLD_MAX - usage.length) + usage;
}

const usageOf = ({ name, usage, examples }: Command): string =>
  [
    `Usage: /vsecure ${name} ${usage}`.trim(),
    ...examples.slice(0, 2).map((example) => `For example: /vsecure ${example}`),
  ].join('\n');

/** Generates shell completion scripts. Each script contains every command and option, so the Tab key starts no process. */

import type { Command } from 'commander';

interface Entry {
  readonly name: string;
  readonly description: string;
  readonly options: readonly string[];
}

export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof SHELLS)[number];

/** How to install the script of each shell, for the help text. */
export const INSTALL_HINTS: Record<Shell, string> = {
  bash: `Add to ~/.bashrc:   eval "$(vsecure completion bash)"`,
  zsh: `Add to ~/.zshrc:   eval "$(vsecure completion zsh)"`,
  fish: `Run:   vsecure completion fish > ~/.config/fish/completions/vsecure.fish`,
};

export function completionScript(program: Command, shell: Shell): string {
  return SCRIPTS[shell](program.commands.map(entry));
}

function entry(command: Command): Entry {
  const within = [command, ...command.commands];
  const options = new Set(
    within.flatMap((one) => one.options).flatMap(({ long }) => (long ? [long] : [])),
  );
  const subcommands = command.commands.map((one) => one.name());
  return {
    name: command.name(),
    description: command.description(),
    options: [...subcommands, ...[...options, '--help'].sort()],
  };
}

const names = (entries: readonly Entry[]) => entries.map(({ name }) => name).join(' ');

const cases = (entries: readonly Entry[]) =>
  entries.map(({ name, options }) => `    ${name}) words="${options.join(' ')}" ;;`).join('\n');

/** Bash splits words at colons, and our command names contain them: the script removes the part that bash already has. */
const bash = (entries: readonly Entry[]) => `_vsecure() {
  local line="\${COMP_LINE:0:COMP_POINT}" words="" word
  local -a typed
  read -ra typed <<< "$line"
  [[ "$line" == *' ' ]] && typed+=("")
  local current="\${typed[-1]}"
  if [ "\${#typed[@]}" -le 2 ]; then words="${names(entries)}"; else
    case "\${typed[1]}" in
${cases(entries)}
    esac
  fi
  COMPREPLY=($(compgen -W "$words" -- "$current"))
  if [[ "$current" == *:* && "$COMP_WORDBREAKS" == *:* ]]; then
    local before="\${current%:*}:" index
    for index in "\${!COMPREPLY[@]}"; do COMPREPLY[index]="\${COMPREPLY[index]#"$before"}"; done
  fi
}
complete -o default -F _vsecure vsecure`;

const zsh = (entries: readonly Entry[]) => `_vsecure() {
  local -a commands options
  commands=(
${entries.map(({ name, description }) => `    ${quoted(`${name.replaceAll(':', '\\:')}:${description}`)}`).join('\n')}
  )
  if (( CURRENT == 2 )); then _describe command commands; return; fi
  local words=""
  case "\${(Q)\${(z)BUFFER}[2]}" in
${cases(entries)}
  esac
  options=(\${=words})
  compadd -- $options
  _files
}
compdef _vsecure vsecure`;

const fish = (entries: readonly Entry[]) =>
  [
    `complete -c vsecure -n __fish_use_subcommand -f`,
    ...entries.flatMap(({ name, description, options }) => [
      `complete -c vsecure -n __fish_use_subcommand -a ${quoted(name)} -d ${quoted(description)}`,
      ...options.map(
        (option) =>
          `complete -c vsecure -n ${quoted(`__fish_seen_subcommand_from ${name}`)} ${option.startsWith('--') ? `-l ${option.slice(2)}` : `-a ${option}`}`,
      ),
    ]),
  ].join('\n');

const SCRIPTS: Record<Shell, (entries: readonly Entry[]) => string> = { bash, zsh, fish };

/** Quotes text in single quotes, which all three shells understand. An apostrophe becomes a typographic one. */
const quoted = (text: string) => `'${text.replaceAll("'", '’')}'`;

/** What a shell needs to complete a command line: commands, then their words and options, else files. */

export const SHELLS = ['bash', 'zsh', 'fish'] as const;

export interface Completable {
  readonly name: string;
  readonly about: string;
  /** Words that may follow: subcommands and fixed arguments. */
  readonly words: readonly string[];
  readonly options: readonly string[];
}

/** Everything in it is of our own making: names of commands and options hold nothing that a shell expands. */
export function completionScript(shell: (typeof SHELLS)[number], commands: readonly Completable[]): string {
  return shell === 'fish'
    ? fish(commands)
    : shell === 'zsh'
      ? `autoload -U +X bashcompinit && bashcompinit\n${bash(commands)}`
      : bash(commands);
}

function bash(commands: readonly Completable[]): string {
  const cases = commands
    .map(({ name, words, options }) => `    ${name}) words='${[...words, ...options].join(' ')}' ;;`)
    .join('\n');
  return `_earshot() {
  local current="\${COMP_WORDS[COMP_CWORD]}" words
  COMPREPLY=()
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W '${commands.map(({ name }) => name).join(' ')} --help --version' -- "$current"))
    return
  fi
  case "\${COMP_WORDS[1]}" in
${cases}
    *) words='' ;;
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
  case "$current" in -*) ;; *) COMPREPLY+=($(compgen -f -- "$current")) ;; esac
}
complete -F _earshot earshot
`;
}

function fish(commands: readonly Completable[]): string {
  const lines = commands.flatMap(({ name, about, words, options }) => {
    const within = `complete -c earshot -n '__fish_seen_subcommand_from ${name}'`;
    return [
      `complete -c earshot -n __fish_use_subcommand -f -a ${name} -d '${about.replaceAll("'", '’')}'`,
      ...(words.length === 0 ? [] : [`${within} -a '${words.join(' ')}'`]),
      ...options.map((option) => `${within} -l ${option.replace(/^--/, '')}`),
    ];
  });
  return `${lines.join('\n')}\n`;
}

/** `earshot completion`: a script for a shell that completes commands, their options and files. */
import { Argument, Command } from 'commander';
import type { CliCommand, ListedCommand } from './shared/command.ts';
import { completionScript, SHELLS, type Completable } from './shared/completion-script.ts';

export const command: CliCommand = {
  define: (cli, commands) =>
    cli
      .addArgument(new Argument('<shell>').choices(SHELLS))
      .addHelpText(
        'after',
        `
bash:  source <(earshot completion bash)               # in ~/.bashrc
zsh:   source <(earshot completion zsh)                # in ~/.zshrc, after compinit
fish:  earshot completion fish > ~/.config/fish/completions/earshot.fish`,
      )
      .action(async (shell: (typeof SHELLS)[number]) => {
        process.stdout.write(completionScript(shell, await completable(commands)));
      }),
};

/** All commands, as their help has them. */
async function completable(commands: Readonly<Record<string, ListedCommand>>): Promise<readonly Completable[]> {
  return await Promise.all(
    Object.entries(commands).map(async ([name, { about, load }]) => {
      const cli = new Command(name);
      (await load()).command.define(cli, commands);
      const words = [...cli.commands.map((sub) => sub.name()), ...cli.registeredArguments.flatMap(choicesOf)];
      return { name, about, words, options: optionsOf(cli) };
    }),
  );
}

function choicesOf({ argChoices }: Argument): readonly string[] {
  return argChoices ?? []; // an argument that takes anything
}

function optionsOf(cli: Command): readonly string[] {
  const own = [cli, ...cli.commands].flatMap(({ options }) => options.flatMap(({ long }) => long ?? []));
  return [...new Set([...own, '--help'])];
}

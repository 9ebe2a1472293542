/** One command of the command line: its options and its work. Its name and what it is for stand in the list of ../command-list.ts. */
import type { Command } from 'commander';

export interface CliCommand {
  /** Adds its arguments, options and action; `commands` are all that there are. What the action throws ends the process with the exit code of its kind. */
  readonly define: (cli: Command, commands: Readonly<Record<string, ListedCommand>>) => void;
}

/** An entry of the list. */
export interface ListedCommand {
  readonly about: string;
  readonly load: () => Promise<{ readonly command: CliCommand }>;
}

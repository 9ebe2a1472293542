/** One command of the command line: its options and its work. Its name and what it is for stand in the list of ../command-list.ts. */
import type { Command } from 'commander';

export interface CliCommand {
  /** Adds its arguments, options and action. What the action throws ends the process with the exit code of its kind. */
  readonly define: (cli: Command) => void;
}

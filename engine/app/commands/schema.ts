/** `earshot schema`: the JSON Schema of the configuration, for editors that complete and check YAML by one. */
import { editorSchema } from '../config/editor-schema.ts';
import type { CliCommand } from './shared/command.ts';

export const command: CliCommand = {
  define: (cli) =>
    cli
      .addHelpText(
        'after',
        `
Editors with a YAML language server read it from the first line of a configuration:
  # yaml-language-server: $schema=./earshot.schema.json
after \`earshot schema > earshot.schema.json\`.`,
      )
      .action(() => {
        process.stdout.write(`${JSON.stringify(editorSchema(), null, 2)}\n`);
      }),
};

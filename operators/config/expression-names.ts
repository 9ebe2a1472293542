/** Which variables a CEL source reads, found without evaluating it. */

const TOKEN =
  /[rR]?"""[^]*?"""|[rR]?'''[^]*?'''|[rR]"[^"\n]*"|[rR]'[^'\n]*'|[bBrR]{0,2}"(?:[^"\\\n]|\\.)*"|[bBrR]{0,2}'(?:[^'\\\n]|\\.)*'|\/\/[^\n]*|[A-Za-z_][A-Za-z0-9_]*|[0-9][0-9A-Za-z_]*(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?|\S/g;
const WORDS = new Set(['true', 'false', 'null', 'in']);
const MACROS = new Set(['all', 'exists', 'exists_one', 'map', 'filter']);
const TYPES = new Set(['int', 'uint', 'double', 'bool', 'string', 'bytes', 'list', 'map', 'null_type']);

/** Root variables in order of first use: `data` of `data.a.b`; names bound by macros, functions and types left out. */
export function variablesOf(source: string): readonly string[] {
  const tokens = source.match(TOKEN)?.filter((token) => !token.startsWith('//')) ?? [];
  const bound = new Set<string>();
  tokens.forEach((token, i) => {
    const variable = tokens[i + 2];
    if (MACROS.has(token) && tokens[i - 1] === '.' && tokens[i + 1] === '(' && variable !== undefined)
      bound.add(variable);
  });
  const found = new Set<string>();
  tokens.forEach((token, i) => {
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(token) || WORDS.has(token) || bound.has(token)) return;
    if (tokens[i - 1] === '.' || tokens[i + 1] === '(' || TYPES.has(token)) return;
    found.add(token);
  });
  return [...found];
}

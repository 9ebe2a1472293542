/**
 * A configuration file: YAML with `${env:NAME}` for what must not stand in a file, checked against a JSON Schema and by
 * a parser of its meaning. Every fault is found and named with its line, and none quotes a secret.
 */
import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { LineCounter, parseDocument, type Document } from 'yaml';
import { EngineError, reasonOf } from '../../core/errors.ts';
import { must } from '../../core/must.ts';
import type { JsonObject } from '../../core/types.ts';
import type { ConfigFault, FaultAt, Path } from './config-fault.ts';
import { joinIncludes } from './config-include.ts';
import { schemaCheck } from './config-schema-faults.ts';
import { aliasFault } from './config-aliases.ts';
import { tooDeepAt } from './config-depth.ts';
import { pathText, positionOf, SENTENCES, syntaxFaults } from './config-yaml.ts';

/** What a configuration means: its schema (JSON Schema draft-07), and how its plain data becomes a `T`. */
export interface ConfigForm<T> {
  readonly schema: JsonObject;
  readonly parse: (raw: unknown) => { readonly config: T } | { readonly faults: readonly FaultAt[] };
}
export type CheckedConfig<T> = { readonly config: T } | { readonly faults: readonly ConfigFault[] };
export type Environment = Readonly<Record<string, string | undefined>>;

const MAX_CHARS = 1024 * 1024;

/** Throws EngineError CONFIG_NOT_FOUND, or CONFIG_INVALID with every fault on a line of its own. */
export async function loadConfig<T>(file: string, form: ConfigForm<T>, env: Environment = process.env): Promise<T> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    throw new EngineError('CONFIG_NOT_FOUND', [file, reasonOf(error)], { cause: error });
  }
  return parseConfigText(text, file, form, env);
}

/** The same of a text that stands for the file. */
export function parseConfigText<T>(text: string, file: string, form: ConfigForm<T>, env: Environment = process.env): T {
  const checked = checkConfig(text, form, env, dirname(file));
  if ('config' in checked) return checked.config;
  throw new EngineError('CONFIG_INVALID', [checked.faults.map((fault) => `\n  ${faultText(file, fault)}`).join('')]);
}

/** `earshot.yaml:12:5 kpis[0].window.size: …` */
export function faultText(file: string, fault: ConfigFault): string {
  return `${file}:${fault.line}:${fault.column} ${fault.path === '' ? '' : `${fault.path}: `}${fault.message}`;
}

/** @param folder what names of included files are relative to */
export function checkConfig<T>(
  text: string,
  form: ConfigForm<T>,
  env: Environment = process.env,
  folder = '.',
): CheckedConfig<T> {
  if (text.length > MAX_CHARS) {
    return { faults: [{ path: '', line: 1, column: 1, message: 'the file is longer than 1,048,576 characters' }] };
  }
  const deep = tooDeepAt(text);
  if (deep !== null) {
    const before = text.slice(0, deep).split('\n');
    const column = must(before.at(-1)).length + 1;
    return { faults: [{ path: '', line: before.length, column, message: SENTENCES.RESOURCE_EXHAUSTION }] };
  }
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, stringKeys: true, merge: true });
  const syntax = syntaxFaults(document, lines);
  if (syntax.fatal) return { faults: syntax.faults };

  const alias = aliasFault(document);
  if (alias !== null) {
    const { line, col } = lines.linePos(alias.offset);
    return { faults: [{ path: '', line, column: col, message: alias.message }] };
  }
  const plain = plainData(document);
  if ('fault' in plain) return { faults: [{ path: '', line: 1, column: 1, message: plain.fault }] };
  const substitution = new Substitution(env);
  const joined = joinIncludes(plain.raw ?? {}, folder); // an empty file
  const raw = substitution.apply(joined.raw, []);
  const bySchema = schemaCheck(form.schema, raw);
  const parsed = form.parse(raw);
  const found = [...joined.faults, ...substitution.faults, ...bySchema, ...('faults' in parsed ? parsed.faults : [])];
  const faults = [...syntax.faults];
  const seen = new Set<string>();
  for (const fault of found) {
    const { at, isKey = false, message } = joined.located(fault);
    // Of included items each fault is at the line that includes them.
    const path = pathText(at);
    const name = pathText(fault.at);
    // The schema speaks first: what parse says of the same place follows from it.
    if (seen.has(name)) continue;
    seen.add(name);
    const position = lines.linePos(positionOf(document, at, isKey));
    faults.push({ path, line: position.line, column: position.col, message: substitution.hide(message, fault.at) });
  }
  faults.sort((a, b) => a.line - b.line || a.column - b.column);
  if (faults.length > 0 || 'faults' in parsed) return { faults };
  return { config: parsed.config };
}

function plainData(document: Document.Parsed): { raw: unknown } | { fault: string } {
  try {
    return { raw: document.toJS({ maxAliasCount: -1 }) as unknown };
  } catch {
    // What it throws quotes names of the file.
    return { fault: 'an alias (*name) has no anchor' };
  }
}

/** `${env:NAME}` in any text of the file; and, the other way round, values that must not show in a fault. */
class Substitution {
  readonly faults: FaultAt[] = [];
  readonly #env: Environment;
  readonly #used = new Map<string, string>();
  readonly #places = new Set<string>();

  constructor(env: Environment) {
    this.#env = env;
  }

  apply(value: unknown, at: Path): unknown {
    if (typeof value === 'string') return value.includes('${env:') ? this.#text(value, at) : value;
    if (Array.isArray(value)) return value.map((item, i) => this.apply(item, [...at, i]));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, this.apply(item, [...at, name])]));
  }

  #text(text: string, at: Path): string {
    return text.replace(/\$\{env:([^}]*)\}/g, (written, name: string) => {
      const value = /^[A-Za-z_][A-Za-z0-9_]*$/.test(name) ? this.#env[name] : undefined;
      if (value === undefined || value === '') {
        this.faults.push({ at, message: `the environment variable ${name} is not set` });
        return written;
      }
      this.#used.set(value, written);
      this.#places.add(pathText(at));
      return value;
    });
  }

  /** @param at what the fault is at: where that comes from the environment, words of it are hidden, too */
  hide(message: string, at: Path): string {
    const isOwn = this.#places.has(pathText(at));
    return [...this.#used].reduce((hidden, [value, written]) => withoutValue(hidden, value, written, isOwn), message);
  }
}

/** A value that is written into a sentence as it is, or in quotes; `isOwn`: by its words, as an expression's fault has them. */
function withoutValue(message: string, value: string, written: string, isOwn: boolean): string {
  const words = isOwn ? (value.match(/[\p{L}\p{N}_]{6,}/gu) ?? []) : [];
  return [value, JSON.stringify(value).slice(1, -1), ...words].reduce(
    (hidden, one) => hidden.split(one).join(written),
    message,
  );
}

/** For what is said of a configuration that somebody sent: no value of the environment that it names. */
export function environmentHidden(text: string, env: Environment = process.env): (message: string) => string {
  const used = [...text.matchAll(/\$\{env:([A-Za-z_][A-Za-z0-9_]*)\}/g)].flatMap(([written, name = '']) => {
    const value = env[name];
    return value === undefined || value === '' ? [] : [[value, written] as const];
  });
  return (message) => used.reduce((hidden, [value, written]) => withoutValue(hidden, value, written, false), message);
}

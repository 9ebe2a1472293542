/**
 * `/openapi.json` and `/asyncapi.json` in the hands of others' tools: redocly's linter, AsyncAPI's own schema, and a client that
 * openapi-typescript generates and the compiler takes.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createConfig, lintFromString } from '@redocly/openapi-core';
import { Ajv } from 'ajv';
import openapiTypescript, { astToString } from 'openapi-typescript';
import ts from 'typescript';
import { expect, it } from 'vitest';
import type { JsonObject } from '../../core/types.ts';
import { asyncapi } from '../../gateway/documents/asyncapi.ts';
import { openapi } from '../../gateway/documents/openapi.ts';
import { ROUTES } from '../../gateway/routes/routes.ts';
import { publicSchemas } from '../../../operators/events/public-schemas.ts';

const rest = openapi('1.0.0', ROUTES);
const messages = asyncapi(
  '1.0.0',
  Object.fromEntries(publicSchemas().map(({ name, version, schema }) => [`${name}/${version}`, schema])),
);

async function problemsOf(document: JsonObject): Promise<readonly string[]> {
  const config = await createConfig({ extends: ['recommended'] });
  const found = await lintFromString({ source: JSON.stringify(document), absoluteRef: '/openapi.json', config });
  return found.map(({ severity, ruleId, message }) => `${severity} ${ruleId}: ${message}`);
}

it('redocly has nothing to say against the OpenAPI document, errors and warnings', async () => {
  expect(await problemsOf(rest)).toEqual([]);
  const { servers: _, ...without } = rest;
  expect(await problemsOf(without)).not.toEqual([]);
});

it("AsyncAPI's own schema takes the AsyncAPI document", () => {
  const file = createRequire(import.meta.url).resolve('@asyncapi/specs/schemas/3.0.0-without-$id.json');
  const ajv = new Ajv({ strict: false, validateFormats: false });
  const takes = ajv.compile(JSON.parse(readFileSync(file, 'utf8')) as JsonObject);
  expect([takes(messages), takes.errors]).toEqual([true, null]);
  expect(takes({ ...messages, channels: { kpi: { address: 5 } } })).toBe(false);
});

/**
 * The parser itself is 119 packages and 33 MB that nobody else needs, which every `npm start` would install: where it is, ASYNCAPI_PARSER
 * names the folder of its package.
 */
const PARSER = process.env['ASYNCAPI_PARSER'] || undefined;
interface Parsed {
  readonly document?: { channels(): { all(): readonly unknown[] } };
  readonly diagnostics: readonly {
    readonly severity: number;
    readonly code: string | number;
    readonly message: string;
  }[];
}

it.skipIf(PARSER === undefined)(
  "AsyncAPI's own parser takes it, each channel (skipped where ASYNCAPI_PARSER names none)",
  async () => {
    const { Parser } = createRequire(import.meta.url)(PARSER ?? '') as {
      Parser: new () => { parse(text: string): Promise<Parsed> };
    };
    const { document, diagnostics } = await new Parser().parse(JSON.stringify(messages));
    // Errors and warnings; that there is a 3.1 by now is for information.
    const said = (from: Parsed['diagnostics']) => from.filter(({ severity }) => severity <= 1).map(({ code }) => code);
    expect(said(diagnostics)).toEqual([]);
    expect(document?.channels().all()).toHaveLength(Object.keys(messages['channels'] as JsonObject).length);
    const wrong = await new Parser().parse(JSON.stringify({ ...messages, channels: { kpi: { address: 5 } } }));
    expect(said(wrong.diagnostics)).not.toEqual([]);
  },
);

/** What the compiler says of a program that calls the API by the generated types. */
function faultsOf(types: string, program: string): readonly string[] {
  const files = new Map([
    ['/api.ts', types],
    ['/program.ts', program],
  ]);
  const options: ts.CompilerOptions = {
    strict: true,
    noEmit: true,
    allowImportingTsExtensions: true,
    noLib: true,
    types: [],
    module: ts.ModuleKind.ESNext,
  };
  const host = ts.createCompilerHost(options);
  const read = (name: string): string | undefined => files.get(name) ?? (name.endsWith('lib.d.ts') ? LIB : undefined);
  const compiled = ts.createProgram({
    rootNames: [...files.keys(), '/lib.d.ts'],
    options,
    host: {
      ...host,
      fileExists: (name) => read(name) !== undefined,
      readFile: read,
      getSourceFile: (name, version) => {
        const text = read(name);
        return text === undefined ? undefined : ts.createSourceFile(name, text, version);
      },
    },
  });
  return ts.getPreEmitDiagnostics(compiled).map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, ' '));
}
/** As much of the language's library as generated types name. */
const LIB = `interface Array<T> { [i: number]: T; length: number } interface ReadonlyArray<T> { readonly [i: number]: T }
interface Boolean {} interface CallableFunction {} interface Function {} interface IArguments {} interface NewableFunction {}
interface Number {} interface Object {} interface RegExp {} interface String {}
type Record<K extends keyof any, T> = { [P in K]: T }; type Omit<T, K extends keyof any> = { [P in keyof T as P extends K ? never : P]: T[P] };`;

it('openapi-typescript makes types of it that a program is compiled against, and misuse is found', async () => {
  const types = astToString(await openapiTypescript(JSON.stringify(rest)));
  const program = (field: string): string => `import type { paths } from './api.ts';
type Answer = paths['/v1/alerts']['get']['responses'][200]['content']['application/json'];
export const of = (answer: Answer): unknown => answer.${field};`;
  expect(faultsOf(types, program('open'))).toEqual([]);
  expect(faultsOf(types, program('opened')).join()).toContain("Property 'opened' does not exist");
});

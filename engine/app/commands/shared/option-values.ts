/** Options that several commands have, and how the values of options are read: what cannot be meant is refused before anything starts. */
import { InvalidArgumentError, Option } from 'commander';
import { durationMs } from '../../../../operators/config/config-values.ts';
import { isNatsAddress } from '../../../core/text/addresses.ts';

/** For a person where one looks, for machines elsewhere. */
export const logOption = (): Option =>
  new Option('--log <format>', 'how to log on stderr')
    .choices(['json', 'pretty'])
    .default(process.stderr.isTTY ? 'pretty' : 'json', 'pretty on a terminal, else json');
export const configOption = (): Option =>
  new Option('--config <file>', 'the configuration (default: earshot.yaml where it lies, else built in)');
export const portOption = (): Option =>
  new Option('--port <port>', 'of the gateway, instead of http.port').argParser(port);

/** `60x` or `0.5x`. */
export function speed(text: string): number {
  const found = /^(\d+(?:\.\d+)?)x?$/.exec(text);
  const value = Number(found?.[1]);
  if (!(value > 0)) throw new InvalidArgumentError('a factor such as 60x was expected.');
  return value;
}

export function rate(text: string): number {
  const value = Number(text);
  if (!(value > 0 && value <= 1_000_000))
    throw new InvalidArgumentError('events a second, such as 500, were expected.');
  return value;
}

export function duration(text: string): number {
  const ms = durationMs(text);
  if (ms === undefined || ms === 0) throw new InvalidArgumentError('a duration such as 10s or 1m was expected.');
  return ms;
}

export function port(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0 || value > 65_535)
    throw new InvalidArgumentError('a port from 0 to 65535 was expected.');
  return value;
}

export function natsAddress(text: string): string {
  if (!isNatsAddress(text)) throw new InvalidArgumentError('an address such as nats://10.0.0.5:4222 was expected.');
  return text;
}

export function httpAddress(text: string): string {
  if (!/^https?:\/\//i.test(text) || !URL.canParse(text)) {
    throw new InvalidArgumentError('an address such as http://127.0.0.1:8080 was expected.');
  }
  return text;
}

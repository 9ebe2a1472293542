/** What the demo's receiver keeps of its four tools. */
import type { JsonObject, Millis } from '../../../core/types.ts';

export const TOOLS = ['feishu', 'slack', 'pagerduty', 'webhook'] as const;
export type Tool = (typeof TOOLS)[number];

export interface ToolSecrets {
  /** Part of the addresses that messages are sent to, as tools have it: who does not know it cannot put messages there. */
  readonly path: string;
  /** By which callbacks of each are proved, … */
  readonly feishu: string;
  readonly slack: string;
  readonly pagerduty: string;
  /** … and by which a webhook's messages are. */
  readonly webhook: string;
}

export interface ToolMessage {
  readonly id: number;
  readonly tool: Tool;
  readonly at: Millis;
  /** As it is shown: replaced once it was answered, where the tool does that. */
  body: JsonObject;
}

/** The last so many of each tool are shown. */
const MOST = 40;

/** Messages as they came, and a number that changes with them. */
export class ToolMessages {
  readonly #all: ToolMessage[] = [];
  #version = 0;

  get version(): number {
    return this.#version;
  }

  add(tool: Tool, at: Millis, body: JsonObject): void {
    this.#version++;
    this.#all.push({ id: this.#version, tool, at, body });
    const own = this.of(tool);
    if (own.length > MOST)
      this.#all.splice(
        this.#all.findIndex((one) => one.tool === tool),
        1,
      );
  }

  replace(id: number, body: JsonObject): void {
    const message = this.get(id);
    if (message === undefined) return; // it has gone meanwhile
    message.body = body;
    this.#version++;
  }

  get(id: number): ToolMessage | undefined {
    return this.#all.find((one) => one.id === id);
  }

  /** Oldest first. */
  of(tool: Tool): readonly ToolMessage[] {
    return this.#all.filter((one) => one.tool === tool);
  }
}

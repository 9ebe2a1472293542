/** A line of progress on a terminal, rewritten in place at most five times a second; nothing where nobody looks. */
export interface Progress {
  show(text: string): void;
  end(): void;
}

export function progressLine(
  stream: { readonly isTTY?: boolean; write(text: string): unknown },
  now: () => number,
): Progress {
  let last = 0;
  let isShown = false;
  return {
    show(text) {
      if (stream.isTTY !== true || now() - last < 200) return;
      last = now();
      isShown = true;
      stream.write(`\r\x1b[2K${text}`);
    },
    end() {
      if (isShown) stream.write('\r\x1b[2K');
    },
  };
}

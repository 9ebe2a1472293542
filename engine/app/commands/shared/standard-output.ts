/** Results on stdout, as fast as whoever reads them takes them. */
export async function writeOut(text: string): Promise<void> {
  if (!process.stdout.write(text)) await new Promise<void>((resume) => process.stdout.once('drain', () => resume()));
}

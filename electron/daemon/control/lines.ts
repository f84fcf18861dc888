/**
 * Cuts a stream of text into lines. The reader returns the lines completed by a chunk, or null once
 * a line grows over `limit` characters: then the stream is not ours.
 */
export function createLineReader(limit: number): (chunk: string) => string[] | null {
  let rest = '';
  return (chunk) => {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    if (rest.length > limit || lines.some((line) => line.length > limit)) return null;
    return lines.filter((line) => line !== '');
  };
}

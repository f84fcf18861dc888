/** A tool's output holds one document; what looks like the start of another is a remark in brackets. */
const mostAttempts = 50;

/**
 * The first JSON object or list in what a tool printed: warnings of its interpreter, log lines of the system and
 * its own remarks may stand before and behind it. Null when there is none.
 */
export function jsonInText(text: string): unknown {
  const starts = [...text.matchAll(/^[ \t]*([[{])/gm)].map((match) => match.index + match[0].length - 1);
  for (const start of starts.slice(0, mostAttempts)) {
    const end = endOf(text, start);
    if (end === null) continue;
    try {
      const value: unknown = JSON.parse(text.slice(start, end));
      if (typeof value === 'object' && value !== null) return value;
    } catch {
      // Not the document; it may still come.
    }
  }
  return null;
}

/** Behind the bracket that closes the one at `start`; null when none does. */
function endOf(text: string, start: number): number | null {
  let depth = 0;
  let quoted = false;
  for (let index = start; index < text.length; index++) {
    const character = text[index];
    if (quoted) {
      if (character === '\\') index++;
      else if (character === '"') quoted = false;
    } else if (character === '"') quoted = true;
    else if (character === '{' || character === '[') depth++;
    else if (character === '}' || character === ']') {
      depth--;
      if (depth === 0) return index + 1;
    }
  }
  return null;
}

/** A JSON object's own fields; empty for everything else. */
export function fieldsOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : {};
}

/** The parts that are there, as one text. */
export function sentences(...parts: ReadonlyArray<string | null>): string {
  return parts.filter(Boolean).join(' ');
}

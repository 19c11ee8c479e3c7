/**
 * Text in at most `max` UTF-16 code units; what was cut ends in an ellipsis. A copy, for a slice keeps the whole text in
 * memory.
 */
export function cutText(text: string, max: number): string {
  if (text.length <= max) return text;
  const last = text.charCodeAt(max - 2);
  const splitsPair = last >= 0xd800 && last <= 0xdbff;
  return `${Buffer.from(text.slice(0, splitsPair ? max - 2 : max - 1), 'utf16le').toString('utf16le')}…`;
}

/**
 * A small bar chart in text. Slack's own chart block cuts labels at 20 characters, which is less than most resources have, and
 * older clients do not draw it.
 */

export interface Bar {
  readonly label: string;
  readonly count: number;
}

/** Characters of the longest bar. */
const LENGTH = 16;

/** The bar comes first, so that bars line up in any font; then the number, for people who cannot see bars. */
export function bars(all: readonly Bar[]): readonly string[] {
  const most = Math.max(1, ...all.map(({ count }) => count));
  return all.map(({ label, count }) => {
    const length = Math.max(1, Math.round((count / most) * LENGTH));
    return `${'█'.repeat(length)} ${count} ${label}`;
  });
}

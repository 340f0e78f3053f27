/** The networks of an IP address, for limits without a key. A provider gives one customer a whole /64 of IPv6, often a /48. */

export interface Networks {
  /** An IPv4 address, or the /64 of an IPv6 address. */
  readonly narrow: string;
  /** The /24 or the /48. */
  readonly wide: string;
}

const UNKNOWN: Networks = { narrow: 'unknown', wide: 'unknown' };

/** An IPv4 address in an IPv6 one (`::ffff:192.0.2.7`) is the IPv4 address. Every text that is no address is of one network, `unknown`. */
export function networksOf(address: string): Networks {
  const ipv4 = /^(?:::ffff:)?(\d{1,3}(?:\.\d{1,3}){3})$/i.exec(address)?.[1];
  if (ipv4 !== undefined) return { narrow: ipv4, wide: ipv4.replace(/\d+$/, '0/24') };
  const groups = groupsOf(address.split('%', 1).join(''));
  if (!groups) return UNKNOWN;
  return { narrow: prefix(groups, 4), wide: prefix(groups, 3) };
}

const prefix = (groups: readonly string[], length: number) =>
  `${groups.slice(0, length).join(':')}::/${length * 16}`;

/** The eight groups of an IPv6 address without leading zeros, in lower case. Undefined for other text. */
function groupsOf(address: string): readonly string[] | undefined {
  if (!/^[0-9a-f:]{2,39}$/i.test(address)) return undefined;
  const halves = address.split('::');
  if (halves.length > 2) return undefined;
  const [head = [], tail = []] = halves.map((half) => (half === '' ? [] : half.split(':')));
  const missing = 8 - head.length - tail.length;
  if (halves.length === 2 ? missing < 1 : missing !== 0) return undefined;
  const groups = [...head, ...Array<string>(missing).fill('0'), ...tail];
  if (!groups.every((group) => /^[0-9a-f]{1,4}$/i.test(group))) return undefined;
  return groups.map((group) => Number.parseInt(group, 16).toString(16));
}

/** Finds the policies of a resource by one walk through a tree of segments. The work grows with the policies that cover it, not with the possible patterns. */

import { splitPath } from '../uri.js';
import type { PolicyRules } from './policy.js';

export interface PolicyIndex<P extends Pick<PolicyRules, 'uri'> = PolicyRules> {
  /** The policies that cover this resource or pattern, most specific first. The first one decides. */
  covering(resource: string): readonly P[];
  /** The first of them, without a walk to the others. */
  deciding(resource: string): P | undefined;
}

interface Node<P> {
  policy?: P;
  readonly below: Map<string, Node<P>>;
}

/** Of two policies for one pattern, the later one counts. */
export function createPolicyIndex<P extends Pick<PolicyRules, 'uri'>>(
  policies: readonly P[],
): PolicyIndex<P> {
  const root = newNode<P>();
  for (const policy of policies) insert(root, policy);
  const walk = (resource: string, most?: number): readonly P[] => {
    const path = splitPath(resource);
    if (typeof path === 'string') return [];
    const kind = root.below.get(path.kind);
    const found: P[] = [];
    if (kind) collect(kind, path.segments, 0, found, most);
    return found;
  };
  return {
    covering: (resource) => walk(resource),
    deciding: (resource) => walk(resource, 1)[0],
  };
}

const newNode = <P>(): Node<P> => ({ below: new Map() });

function insert<P extends Pick<PolicyRules, 'uri'>>(root: Node<P>, policy: P): void {
  const path = splitPath(policy.uri);
  if (typeof path === 'string') return;
  let node = root;
  for (const segment of [path.kind, ...path.segments]) {
    const next = node.below.get(segment) ?? newNode<P>();
    node.below.set(segment, next);
    node = next;
  }
  node.policy = policy;
}

/** A literal comes before `*`, and `*` before `**`. */
function collect<P>(
  node: Node<P>,
  segments: readonly string[],
  place: number,
  found: P[],
  most = Number.POSITIVE_INFINITY,
): void {
  const segment = segments[place];
  if (segment === undefined) {
    if (node.policy) found.push(node.policy);
    return;
  }
  const heads = segment === '**' ? [] : segment === '*' ? ['*'] : [segment, '*'];
  for (const head of heads) {
    const next = node.below.get(head);
    if (next) collect(next, segments, place + 1, found, most);
    if (found.length >= most) return;
  }
  const deep = node.below.get('**')?.policy;
  if (deep) found.push(deep);
}

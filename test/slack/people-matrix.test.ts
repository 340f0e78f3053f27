/** Only the right people decide, on every surface and over every transport: tests each cell of the table. */
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Directory, Store } from '../../src/ports/index.js';
import type { SlackParts } from '../../src/slack/connection.js';
import { createIdentifySlackActor } from '../../src/usecases/people/identify-slack-user.js';
import { startSocketSlack } from '../support/slack/socket-driver.js';
import {
  type Account,
  type Cell,
  FROM_SISTER,
  onCall,
  openStage,
  type Stage,
  SURFACES,
  sister,
  tryOut,
} from './people-matrix.js';

const PEOPLE = {
  'a member': { user: 'alice' },
  'a guest': { user: 'alice', account: () => ({ is_restricted: true }) },
  'a single-channel guest': { user: 'alice', account: () => ({ is_ultra_restricted: true }) },
  'a bot': { user: 'alice', account: () => ({ is_bot: true }) },
  'a deleted account': { user: 'alice', account: () => ({ deleted: true }) },
  'another team, says the payload': {
    user: 'alice',
    account: () => ({ team_id: 'T0OTHER' }),
    payload: { userTeam: 'T0OTHER' },
    command: { team: 'T0OTHER' },
  },
  'another team, says only Slack': { user: 'alice', account: () => ({ team_id: 'T0OTHER' }) },
  'another team of the enterprise, and ours': {
    user: 'alice',
    account: (ours) => sister(ours),
    payload: FROM_SISTER,
  },
  'another team of the enterprise alone': {
    user: 'alice',
    account: () => sister(),
    payload: FROM_SISTER,
  },
  'not an approver': { user: 'mallory' },
  'an approver in the group': { user: 'carol' },
  'an approver when the card was posted': {
    user: 'carol',
    beforeInteraction: (stage) => onCall(stage, []),
  },
  'the owner of the asking key': { user: 'bob' },
  'the second account of an approver': {
    user: 'dora',
    account: () => ({ profile: { email: 'alice@example.com' } }),
  },
  'an unknown user': { user: 'dora' },
} satisfies Record<string, Account>;
type Who = keyof typeof PEOPLE;

const row = (button: Cell, submit: Cell, revoke: Cell, home: Cell) => ({
  button,
  submit,
  revoke,
  home,
});
const refused = (refusal: Cell) => row(refusal, refusal, refusal, refusal);
const DECIDES = row('form', 'approved', 'revoked', 'approved');

/** A click decides nothing, and opens a form only for an approver; a submitted form counts only from an approver, too. */
const EXPECTED: Record<Who, Record<(typeof SURFACES)[number], Cell>> = {
  'a member': DECIDES,
  'a guest': refused('unverified_account'),
  'a single-channel guest': refused('unverified_account'),
  'a bot': refused('unverified_account'),
  'a deleted account': refused('person_inactive'),
  'another team, says the payload': refused('foreign_team'),
  'another team, says only Slack': refused('foreign_team'),
  'another team of the enterprise, and ours': DECIDES,
  'another team of the enterprise alone': refused('foreign_team'),
  'not an approver': row('not_an_approver', 'not_an_approver', 'not_found', 'not_an_approver'),
  'an approver in the group': DECIDES,
  'an approver when the card was posted': row(
    'not_an_approver',
    'not_an_approver',
    'not_found',
    'not_an_approver',
  ),
  'the owner of the asking key': row('own_request', 'own_request', 'revoked', 'own_request'),
  'the second account of an approver': refused('unknown_person'),
  'an unknown user': refused('unknown_person'),
};

const WHOS = Object.keys(PEOPLE) as Who[];

async function table(stage: Stage, whos: readonly Who[]) {
  const found: Partial<Record<Who, Partial<Record<string, Cell>>>> = {};
  for (const who of whos) {
    const cells: Partial<Record<string, Cell>> = {};
    for (const surface of SURFACES) cells[surface] = await tryOut(stage, PEOPLE[who], surface);
    found[who] = cells;
  }
  return found;
}

/** Over signed HTTP unless `socket`. */
async function opened(options: Parameters<typeof openStage>[0] & { socketMode?: boolean } = {}) {
  const socket = options.socketMode ? await startSocketSlack() : undefined;
  const stage = await openStage({ ...options, ...(socket && { socket }) });
  onTestFinished(async () => {
    await stage.close();
    await socket?.close();
  });
  return stage;
}

describe.each([
  ['signed HTTP', false],
  ['Socket Mode', true],
])('over %s', (_, socketMode) => {
  test('each person gets exactly what they may do', { timeout: 120_000 }, async () => {
    expect(await table(await opened({ socketMode }), WHOS)).toEqual(EXPECTED);
  });
});

test('every refused attempt is recorded under the person’s own name', async () => {
  const stage = await opened();
  for (const who of ['a guest', 'not an approver', 'an unknown user'] as const)
    await tryOut(stage, PEOPLE[who], 'submit');
  const records = (await stage.audit()).filter(({ type }) => type === 'decision_refused');
  expect(records.map(({ actor, refusal }) => [actor.name, refusal]).reverse()).toEqual([
    ['alice@example.com', 'unverified_account'],
    ['mallory@example.com', 'not_an_approver'],
    [stage.emulate.users['dora'], 'unknown_person'],
  ]);
});

/** Treats every account as a full member of this workspace. */
const ignoringStanding =
  (store: Store): SlackParts['identifyWith'] =>
  (directory) => {
    const profile: Directory['profile'] = async (userId) => {
      const found = await directory.profile(userId);
      const teamId = directory.teamId() ?? '';
      return found && { ...found, teamId, status: 'member' };
    };
    const blind = { ...directory, profile };
    return createIdentifySlackActor({ store, directory: blind, linkByEmail: false });
  };

test('the table would catch a product that checks who a person is but not the account’s current state', async () => {
  const stage = await opened({
    change: (parts, { store }) => ({ ...parts, identifyWith: ignoringStanding(store) }),
  });
  const whos = WHOS.slice(0, 7);
  const found = await table(stage, whos);
  const wrong = whos.filter((who) =>
    ['submit', 'revoke', 'home'].every(
      (surface) => found[who]?.[surface] !== EXPECTED[who][surface as 'submit'],
    ),
  );
  expect(wrong).toEqual([
    'a guest',
    'a single-channel guest',
    'a bot',
    'a deleted account',
    'another team, says only Slack',
  ]);
});

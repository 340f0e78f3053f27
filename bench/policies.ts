/**
 * Deciding without a person: which of many policies decides, may this be asked, do the conditions hold? The same decision is made
 * by casbin and Cedar in the same run, each with its rules loaded beforehand and in the form that suits it best.
 */
import { pathToFileURL } from 'node:url';
import { setFlagsFromString } from 'node:v8';
import { preparsePolicySet, statefulIsAuthorized } from '@cedar-policy/cedar-wasm/nodejs';
import { newEnforcer, newModelFromString, StringAdapter } from 'casbin';
import { HOUR, MINUTE } from '../src/domain/limits.js';
import type { PolicyRules } from '../src/domain/policy/policy.js';
import { defaultRules } from '../src/domain/policy/policy-fields.js';
import { createPolicyIndex } from '../src/domain/policy/policy-index.js';
import { parseWindow } from '../src/domain/policy/time-window.js';
import type { Operation } from '../src/domain/vocabulary.js';
import { evaluateRequest } from '../src/usecases/approvals/evaluate-request.js';

const SIZES = [10, 1_000, 10_000];
/** Questions that all of them must answer alike before anything is measured: each kind of them twice. */
const CHECKED = 16;
/** Milliseconds of one round. Contenders take turns, so that a busy moment of the machine meets all of them alike. */
const ROUND = 200;
const ROUNDS = 7;

/** Monday noon in Los Angeles, when the window is open. */
const AT = new Date('2026-03-02T20:00:00Z');
const LOCAL_HOUR = 12;
const MOST = HOUR;

interface Question {
  readonly folder: string;
  readonly requester: string;
  readonly operation: Operation;
  readonly duration: number;
}
/** May this be had without a person? */
type Decide = (question: Question) => boolean;

const folderOf = (index: number) => `team${index % 100}/service${index}`;
const resourceOf = ({ folder }: Question) => `vsecure://secrets/${folder}/DATABASE_URL`;

/** Every second one is granted; of the others each fails in its own way. */
function questionsFor(policies: number): readonly Question[] {
  return Array.from({ length: 1_000 }, (_, one) => ({
    folder: folderOf((one * 7_919) % policies),
    requester: one % 8 === 1 ? 'ci-bot' : 'claude-desktop',
    operation: one % 8 === 3 ? 'write' : 'read',
    duration: one % 8 === 5 || one % 8 === 7 ? 2 * HOUR : 30 * MINUTE,
  }));
}

function ours(policies: number): Decide {
  const reading = parseWindow('Mon-Fri 09:00-17:00 PT');
  if (!reading.ok) throw new Error(reading.problem);
  const conditions = {
    timeWindow: [reading.value],
    requester: ['claude-desktop'],
    operations: ['read'],
    maxDuration: MOST,
  } as const;
  const index = createPolicyIndex(
    Array.from(
      { length: policies },
      (_, one): PolicyRules => ({
        ...defaultRules(`vsecure://secrets/${folderOf(one)}/*`),
        permissions: ['read', 'write'],
        autoApprove: { enabled: true, conditions },
      }),
    ),
  );
  return (question) => {
    const [policy] = index.covering(resourceOf(question));
    const { requester, operation, duration } = question;
    const asked = {
      requester: { name: requester, ownerEmail: 'bob@example.com' },
      reason: 'Debugging the failing database connection',
      operation,
      duration,
    };
    const judged = policy && evaluateRequest(policy, asked, AT);
    return judged?.ok === true && judged.value.grantedImmediately;
  };
}

const CASBIN_MODEL = `
[request_definition]
r = sub, obj, act, duration, hour
[policy_definition]
p = sub, obj, act, most, opens, closes
[policy_effect]
e = some(where (p.eft == allow))
[matchers]
m = keyMatch(r.obj, p.obj) && r.sub == p.sub && r.act == p.act && r.duration <= p.most && r.hour >= p.opens && r.hour < p.closes
`;

async function casbin(policies: number): Promise<Decide> {
  const rules = Array.from(
    { length: policies },
    (_, one) => `p, claude-desktop, vsecure://secrets/${folderOf(one)}/*, read, ${MOST}, 9, 17`,
  );
  const model = newModelFromString(CASBIN_MODEL);
  const enforcer = await newEnforcer(model, new StringAdapter(rules.join('\n')));
  return (question) =>
    enforcer.enforceSync(
      question.requester,
      resourceOf(question),
      question.operation,
      question.duration,
      LOCAL_HOUR,
    );
}

/** Resources stand in their folders, as Cedar would have it: no text is matched at all. */
function cedar(policies: number): Decide {
  // V8 of Node 20 dies ("unreachable code") when it gives up on machine code into which a call of WebAssembly was inlined.
  setFlagsFromString('--no-turbo-inline-js-wasm-calls');
  const name = `policies-${policies}`;
  const rules = Array.from(
    { length: policies },
    (
      _,
      one,
    ) => `permit (principal == Key::"claude-desktop", action == Action::"read", resource in Folder::"${folderOf(one)}")
      when { context.duration <= ${MOST} && context.hour >= 9 && context.hour < 17 };`,
  );
  const parsed = preparsePolicySet(name, { staticPolicies: rules.join('\n') });
  if (parsed.type !== 'success') throw new Error(`cedar: ${JSON.stringify(parsed)}`);
  return (question) => {
    const resource = { type: 'Secret', id: resourceOf(question) };
    const folder = { type: 'Folder', id: question.folder };
    const answer = statefulIsAuthorized({
      principal: { type: 'Key', id: question.requester },
      action: { type: 'Action', id: question.operation },
      resource,
      context: { duration: question.duration, hour: LOCAL_HOUR },
      entities: [{ uid: resource, attrs: {}, parents: [folder] }],
      preparsedPolicySetId: name,
    });
    if (answer.type !== 'success') throw new Error(`cedar: ${JSON.stringify(answer)}`);
    return answer.response.decision === 'allow';
  };
}

interface Contender {
  readonly name: string;
  readonly policies: number;
  readonly decide: Decide;
  readonly rates: number[];
}

/** Prints decisions a second, and how the product stands against its targets. Throws when two of them disagree. */
export async function benchPolicies(print: (line: string) => void): Promise<void> {
  const contenders = (await Promise.all(SIZES.map(assemble))).flat();
  for (const one of contenders) measure(one, ROUND);
  for (let round = 0; round < ROUNDS; round += 1)
    for (const one of round % 2 === 0 ? contenders : contenders.toReversed())
      one.rates.push(measure(one, ROUND));

  print('\ndecisions a second, one process');
  for (const one of contenders) print(row(one.name, one.policies, median(one.rates)));
  const rate = (name: string, policies: number) =>
    median(contenders.find((one) => one.name === name && one.policies === policies)?.rates ?? []);
  const growth = rate('vsecure', 10) / rate('vsecure', 10_000);
  print(`  cost at 10,000 policies: ${growth.toFixed(2)} × the cost at 10 (target: at most 2)`);
  for (const peer of ['casbin', 'cedar']) {
    const ratio = rate('vsecure', 1_000) / rate(peer, 1_000);
    print(`  at 1,000 policies: ${ratio.toFixed(1)} × as many as ${peer} (target: at least 10)`);
  }
}

/** All of them answer every question alike, or nothing that is measured would mean anything. */
async function assemble(policies: number): Promise<Contender[]> {
  const deciders = {
    vsecure: ours(policies),
    casbin: await casbin(policies),
    cedar: cedar(policies),
  };
  const expected = (one: number) => one % 2 === 0;
  for (const [name, decide] of Object.entries(deciders))
    for (const [one, question] of questionsFor(policies).slice(0, CHECKED).entries())
      if (decide(question) !== expected(one)) throw new Error(`${name} differs at question ${one}`);
  return Object.entries(deciders).map(([name, decide]) => ({ name, policies, decide, rates: [] }));
}

/** Decisions a second. The clock is looked at rarely, so that it costs nothing, but each time where one decision takes milliseconds. */
function measure({ decide, policies }: Contender, ms: number): number {
  const questions = questionsFor(policies);
  const started = performance.now();
  let done = 0;
  while (performance.now() - started < ms)
    do {
      const question = questions[done % questions.length];
      if (question) decide(question);
      done += 1;
    } while (done % 20 > 0 && done > 20);
  return (done * 1_000) / (performance.now() - started);
}

function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN;
}

function row(name: string, policies: number, rate: number): string {
  const cells = [policies.toLocaleString('en'), Math.round(rate).toLocaleString('en')];
  return `  ${name.padEnd(10)}${cells.map((cell) => cell.padStart(12)).join('')}`;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await benchPolicies(console.log);

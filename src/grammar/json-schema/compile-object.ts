import type { GrammarWriter } from '../gbnf/grammar-writer.ts';
import { anyObject, space } from '../gbnf/json-rules.ts';
import { repeatRule } from '../gbnf/repeat-rule.ts';
import type { CompileRun } from './compile-run.ts';
import type { ObjectFacts } from './facts.ts';
import { collectMembers, type ObjectMembers } from './object-members.ts';

// An object is compiled as a walk between states: which members are still possible and, if counts matter, how
// many there are. Each state is a rule that starts after a value and ends in the rule of the next state, so
// llama.cpp's stacks don't grow.
//
// Members come in the order of their schema, as OpenAI guarantees, so that one member can prepare the next. A
// small object with optional or undeclared members allows any order. Undeclared members come last, unless all
// instances that JSON Schema allows are requested.

/** Members up to which any order is taken: the states are the subsets. */
const anyOrderMembersMax = 6;

/** States of one object; where counting would need more, the validator counts. */
const statesMax = 3_000;

/** A rule for the objects that the facts allow. Undefined if there are none. */
export function compileObject(run: CompileRun, facts: ObjectFacts): string | undefined {
  const { groups, required, names, minProperties, maxProperties } = facts;
  const isFree = groups.length === 0 && required.length === 0 && names.length === 0;
  if (isFree && minProperties === 0 && maxProperties === Number.POSITIVE_INFINITY)
    return anyObject(run.writer);
  if (maxProperties < Math.max(minProperties, 0)) return undefined;
  const collected = collectMembers(run, facts);
  if (collected === undefined) return undefined;
  const members = isClosedByBounds(run, facts, collected) ? { ...collected, others: undefined } : collected;
  const areOthersLast = run.limits.undeclaredMembers === 'asked';
  const counts = toCounts(run, facts, members, areOthersLast);
  const isAnyOrder = members.declared.length <= anyOrderMembersMax && !isStrictForm(members, areOthersLast);
  return createWalk(run, members, counts, { isAnyOrder, areOthersLast }).start();
}

/** Bounds may leave undeclared members out, where the object is one without them. */
function isClosedByBounds(run: CompileRun, facts: ObjectFacts, { declared }: ObjectMembers): boolean {
  const isAsked = run.limits.bounds?.othersMax === 0;
  return isAsked && declared.length > 0 && facts.minProperties <= declared.length;
}

/** As OpenAI's strict schemas: every member required and no others among them; their order is the schema's. */
function isStrictForm({ declared, others }: ObjectMembers, areOthersLast: boolean): boolean {
  return (others === undefined || areOthersLast) && declared.every(({ isRequired }) => isRequired);
}

interface Counts {
  readonly min: number;
  readonly max: number;
  /** Undeclared members at most, where they come last and nothing else is counted; undefined: any number. */
  readonly othersMax: number | undefined;
}

function toCounts(
  run: CompileRun,
  facts: ObjectFacts,
  { declared, others }: ObjectMembers,
  areOthersLast: boolean,
): Counts {
  const required = declared.filter(({ isRequired }) => isRequired).length;
  const min = facts.minProperties > required ? facts.minProperties : 0;
  const isMaxReachable = others !== undefined || declared.length > facts.maxProperties;
  const bound = others === undefined ? undefined : toOthersMax(run, declared.length);
  const isNothingCounted = min === 0 && facts.maxProperties === Number.POSITIVE_INFINITY;
  if (areOthersLast && isNothingCounted) return { ...uncounted, othersMax: bound };
  const maxWanted = bound === undefined ? Number.POSITIVE_INFINITY : Math.max(declared.length + bound, min);
  const max = isMaxReachable ? Math.min(facts.maxProperties, maxWanted) : Number.POSITIVE_INFINITY;
  // The same other name may come twice, and is then one member.
  if (min > 1 && others !== undefined) run.note(facts.countPath, 'names may repeat');
  const counted = max === Number.POSITIVE_INFINITY ? min : max;
  if (counted * (declared.length + 1) <= statesMax) return { min, max, othersMax: undefined };
  if (facts.minProperties > 0 || facts.maxProperties !== Number.POSITIVE_INFINITY) {
    run.note(facts.countPath, 'too many members to count');
  }
  return { ...uncounted, othersMax: areOthersLast ? bound : undefined };
}

const uncounted = { min: 0, max: Number.POSITIVE_INFINITY };

/** An object that declares nothing is a map: without others it would be empty. */
function toOthersMax({ limits: { bounds } }: CompileRun, declared: number): number | undefined {
  return bounds && (declared === 0 ? Math.max(bounds.othersMax, bounds.freeItemsMax) : bounds.othersMax);
}

/** Where a walk is: the members done, as their number from the left or as a set of bits, and how many came. */
interface Place {
  readonly done: number;
  readonly count: number;
}

type PlaceRules = (kind: string, place: Place, makeBody: () => string | undefined) => string | undefined;

/** One rule for each kind of place, made when it's first needed; a place may lead back to itself. */
function createPlaceRules({ writer, spend }: CompileRun): PlaceRules {
  const rules = new Map<string, string | undefined>();
  return (kind, { done, count }, makeBody) => {
    const key = `${kind} ${done} ${count}`;
    if (rules.has(key)) return rules.get(key);
    spend(1);
    const name = writer.reserve();
    rules.set(key, name);
    const body = makeBody();
    if (body === undefined) rules.set(key, undefined);
    else writer.define(name, body);
    return body === undefined ? undefined : name;
  };
}

interface MemberOrder {
  readonly isAnyOrder: boolean;
  readonly areOthersLast: boolean;
}

interface Walk {
  start(): string | undefined;
}

/** The last members, up to the end of their object. */
function repeatOthers(writer: GrammarWriter, others: string, max: number): string[] {
  if (max === 0) return [];
  const more = max === 1 ? '' : repeatRule(writer.add(`"," ${space(writer)} "\\"" ${others}`), 0, max - 1);
  return [`${others} ${more} "}"`];
}

function createWalk(
  run: CompileRun,
  members: ObjectMembers,
  { min, max, othersMax }: Counts,
  { isAnyOrder, areOthersLast }: MemberOrder,
): Walk {
  const { writer } = run;
  const { declared, others } = members;
  /** Where all declared members are behind. */
  const allDone = isAnyOrder ? (1 << declared.length) - 1 : declared.length;
  const countMax = max === Number.POSITIVE_INFINITY ? min : max;
  const named = createPlaceRules(run);

  const isDone = (place: Place, index: number) =>
    isAnyOrder ? (place.done & (1 << index)) !== 0 : index < place.done;
  const advance = (place: Place, index: number): Place => ({
    done: isAnyOrder ? place.done | (1 << index) : index + 1,
    count: Math.min(place.count + 1, countMax),
  });
  const requiredLeft = (place: Place) =>
    declared.filter(({ isRequired }, index) => isRequired && !isDone(place, index)).length;
  const declaredLeft = (place: Place) => declared.filter((_, index) => !isDone(place, index)).length;
  const canEnd = (place: Place) => requiredLeft(place) === 0 && place.count >= min;
  /** Whether the object can still be finished from here. */
  const isAlive = (place: Place) =>
    (max === Number.POSITIVE_INFINITY || place.count + requiredLeft(place) <= max) &&
    (others !== undefined || place.count + declaredLeft(place) >= min);

  /** After a value. */
  const afterMember = (place: Place): string | undefined =>
    named('after', place, () => {
      const next = nextMember(place);
      const options = next === undefined ? [] : [`"," ${space(writer)} "\\"" ${next}`];
      if (canEnd(place)) options.push('"}"');
      return options.length === 0 ? undefined : options.join(' | ');
    });
  /** After the quote that opens a name. */
  const nextMember = (place: Place): string | undefined =>
    others === undefined && !isAnyOrder ? fromMember(place) : nextOfAny(place);
  const nextOfAny = (place: Place): string | undefined =>
    named('next', place, () => {
      const options: string[] = [];
      const from = isAnyOrder ? undefined : fromMember(place);
      if (from !== undefined) options.push(from);
      if (isAnyOrder) {
        declared.forEach((_, index) => {
          if (!isDone(place, index)) options.push(...toStep(place, index));
        });
      }
      options.push(...toOther(place));
      return options.length === 0 ? undefined : options.join(' | ');
    });
  const toOther = (place: Place): string[] => {
    if (others === undefined || (areOthersLast && requiredLeft(place) > 0)) return [];
    if (othersMax !== undefined) return repeatOthers(writer, others, othersMax);
    const after = {
      done: areOthersLast ? allDone : place.done,
      count: Math.min(place.count + 1, countMax),
    };
    const most = members.areOthersCounted ? min : max;
    const isRoom = most === Number.POSITIVE_INFINITY || place.count < most;
    const rule = isRoom && isAlive(after) ? afterMember(after) : undefined;
    return rule === undefined ? [] : [`${others} ${rule}`];
  };
  /** In schema order: the next member, or, where it may be missing, one of those after it. */
  const fromMember = (place: Place): string | undefined =>
    named('from', place, () => {
      const index = place.done;
      const member = declared[index];
      if (member === undefined) return undefined;
      const options = toStep(place, index);
      const later = member.isRequired ? undefined : fromMember({ done: index + 1, count: place.count });
      if (later !== undefined) options.push(later);
      return options.length === 0 ? undefined : options.join(' | ');
    });
  const toStep = (place: Place, index: number): string[] => {
    const member = declared[index];
    const after = advance(place, index);
    const isRoom = max === Number.POSITIVE_INFINITY || place.count < max;
    if (member === undefined || !isRoom || !isAlive(after)) return [];
    const rule = afterMember(after);
    return rule === undefined ? [] : [`${member.rule} ${rule}`];
  };

  return {
    start: () => {
      const place = { done: 0, count: 0 };
      const first = nextMember(place);
      const options = first === undefined ? [] : [`"{\\"" ${first}`];
      if (canEnd(place)) options.push('"{}"');
      return options.length === 0 ? undefined : writer.add(options.join(' | '));
    },
  };
}

import type { Automaton } from '../automaton/automaton.ts';
import { type AutomatonLimits, createAutomatonBudget } from '../automaton/automaton-limits.ts';
import { toMinimalAutomaton } from '../automaton/minimise-automaton.ts';
import { partitionAlphabet } from '../automaton/partition-alphabet.ts';
import { toAutomaton } from '../automaton/to-automaton.ts';
import { AssertionMachine, dead } from './assertion-machine.ts';
import { toAssertionProgram } from './assertion-program.ts';
import { parseRegularExpression } from './parse-regular-expression.ts';
import type { PatternNode } from './pattern-node.ts';
import { toSimpleExpression } from './to-simple-expression.ts';

/**
 * The texts in which an ECMA-262 regular expression is found, as JSON Schema's `pattern` means it. Minimal.
 *
 * @throws UnsupportedPatternError for invalid syntax, and for what no automaton stands for, such as back-references.
 * @throws AutomatonTooLargeError
 */
export function patternToAutomaton(source: string, limits: AutomatonLimits): Automaton {
  return convert(parseRegularExpression(source), false, limits);
}

/** The texts that the regular expression matches from their first to their last character. Throws the same. */
export function fullPatternToAutomaton(source: string, limits: AutomatonLimits): Automaton {
  return convert(parseRegularExpression(source), true, limits);
}

function convert(pattern: PatternNode, isWhole: boolean, limits: AutomatonLimits): Automaton {
  const expression = toSimpleExpression(pattern, isWhole);
  return expression === undefined
    ? assertionsToAutomaton(pattern, isWhole, limits)
    : toAutomaton(expression, limits);
}

/** Works for any pattern, also without assertions, but slower. Throws the same errors. */
export function assertionsToAutomaton(
  pattern: PatternNode,
  isWhole: boolean,
  limits: AutomatonLimits,
): Automaton {
  const budget = createAutomatonBudget(limits);
  const program = toAssertionProgram(pattern, isWhole, budget);
  const { classes, classesOfSets } = partitionAlphabet(program.sets);
  const machine = new AssertionMachine(program, classesOfSets, classes.length, budget);
  const start = machine.start();
  const order = [start];
  const numbers = new Map([[start, 0]]);
  const isAccepting: boolean[] = [];
  const firstEdges = [0];
  const labels: number[] = [];
  const targets: number[] = [];
  for (let at = 0; at < order.length; at++) {
    const state = order[at] ?? dead;
    isAccepting.push(machine.isAccepting(state));
    for (let label = 0; label < classes.length; label++) {
      const next = machine.step(state, label);
      if (next === dead) continue;
      const target = numbers.get(next) ?? order.push(next) - 1;
      numbers.set(next, target);
      labels.push(label);
      targets.push(target);
    }
    firstEdges.push(labels.length);
  }
  return toMinimalAutomaton({ classes, isAccepting, firstEdges, labels, targets });
}

/**
 * What no schema can see, over all files at once; each part in a file of its own (check-units.ts, check-statuses.ts …).
 * Faults stop a release; warnings are for editors.
 */
import type { Assembled } from './assemble.ts';
import { checkAuthority } from './check-authority.ts';
import { checkCodes } from './check-codes.ts';
import { checkEscalation } from './check-escalation.ts';
import { checkOverrides } from './check-overrides.ts';
import { checkPeople } from './check-people.ts';
import { checkPolicies } from './check-policies.ts';
import { checkProcedures } from './check-procedures.ts';
import { checkStatuses } from './check-statuses.ts';
import { checkTerms } from './check-terms.ts';
import { checkUnitAliases } from './check-unit-aliases.ts';
import { checkUnits } from './check-units.ts';
import { checkWorkflow } from './check-workflow.ts';
import { Findings, type MappingWarning, unique } from './findings.ts';
import type { MappingFault } from './read-yaml.ts';

/** All cross-checks over assembled content. */
export function checkContent(assembled: Assembled): { faults: MappingFault[]; warnings: MappingWarning[] } {
  const findings = new Findings(assembled);
  const { content } = assembled;
  checkUnits(content, findings);
  checkUnitAliases(content, findings);
  checkProcedures(content, findings);
  checkStatuses(content, findings);
  checkCodes(content, findings);
  unique(content.facts, fact => `${fact.kind} ${fact.id}`, findings);
  checkTerms(content, findings);
  checkPeople(content, findings);
  checkAuthority(content, findings);
  checkPolicies(content, findings);
  checkEscalation(content, findings);
  checkWorkflow(content, findings);
  checkOverrides(content, findings);
  return { faults: findings.faults, warnings: findings.warnings };
}

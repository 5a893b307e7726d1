-- `facts_version` = the release (releases.id) with which a parked sync was last judged; null = not since it was parked. Whatever
-- was not judged with the release in force is judged again, so that no race between parking and a change can leave it lying.
CREATE INDEX problems_unjudged ON problems (facts_version)
  WHERE cause IN ('unknown-procedure', 'unknown-unit', 'ambiguous-unit', 'unmapped-status', 'unmapped-term');

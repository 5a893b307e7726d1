/**
 * Which folder may import which (the arrows of the architecture, checked): the domain knows nobody, the ledger and the
 * translation know the domain, connectors know the domain's words and their own interface, the command line stands on top.
 */
const forbidden = [
  {
    name: 'no-cycles',
    comment: 'Two files that need each other are one file, or a third is missing.',
    severity: 'error',
    from: {},
    to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
  },
  {
    name: 'domain-imports-nothing',
    comment: 'Pure rules and words: no I/O, nothing of ours, no packages.',
    severity: 'error',
    from: { path: '^src/domain/' },
    to: { pathNot: '^src/domain/' },
  },
  {
    name: 'config-is-low',
    severity: 'error',
    from: { path: '^src/config/' },
    to: { path: '^(src|connectors)/', pathNot: '^src/(config|domain)/' },
  },
  {
    name: 'ledger-is-low',
    comment: 'The ledger takes and gives words of the domain; who calls it is not its business.',
    severity: 'error',
    from: { path: '^src/ledger/' },
    // What is known of an entity is part of the row's state; a release is kept under the name that translation gives it (its content hash);
    // facts about desks are read as the picture that everybody asks.
    to: {
      path: '^(src|connectors)/',
      pathNot: '^src/(ledger|domain|config|entities)/|^src/translation/release\\.ts$|^src/facts/(fact|known-facts|waits)\\.ts$',
      dependencyTypesNot: ['type-only'],
    },
  },
  {
    name: 'translation-is-pure',
    comment: 'A trace is recomputed from payload and release alone.',
    severity: 'error',
    from: { path: '^src/translation/' },
    to: { path: '^(src|connectors)/', pathNot: '^(src/(translation|domain)/|connectors/connector\\.ts$)' },
  },
  {
    name: 'connectors-know-words-only',
    comment: 'Everything else a connector needs arrives in its context.',
    severity: 'error',
    from: { path: '^connectors/' },
    to: { path: '^src/', pathNot: '^src/domain/' },
  },
  {
    name: 'connectors-do-not-meet',
    comment: 'n systems need n connectors, not n².',
    severity: 'error',
    from: { path: '^connectors/([^/]+)/' },
    to: { path: '^connectors/[^/]+/', pathNot: '^connectors/$1/' },
  },
  {
    name: 'nobody-imports-the-top',
    comment: 'Only the command line and the tests start the process; what the first start made up is a plain type.',
    severity: 'error',
    from: { path: '^src/', pathNot: '^src/(cli/|main\\.ts$)' },
    to: { path: '^src/(cli/|main\\.ts$)', dependencyTypesNot: ['type-only'] },
  },
  {
    name: 'sandbox-stands-apart',
    comment: 'The simulators are the other side of the wire: the gateway must not lean on them, nor they on it.',
    severity: 'error',
    from: { path: '^src/', pathNot: '^src/(sandbox|cli)/' },
    to: { path: '^src/sandbox/' },
  },
  {
    name: 'no-test-code-in-the-product',
    severity: 'error',
    from: { path: '^(src|connectors)/' },
    to: { path: '^(test|bench)/|node_modules/(nock|tap|fast-check)/' },
  },
  {
    name: 'no-dev-packages-in-the-product',
    severity: 'error',
    from: { path: '^(src|connectors)/' },
    to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] },
  },
];

module.exports = {
  forbidden,
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { extensions: ['.ts', '.js', '.json'], conditionNames: ['import', 'node', 'default'] },
  },
};

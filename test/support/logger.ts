/** A logger that says nothing, in the shape of pino's, for code under test. */
export const silentLogger = { info() {}, warn() {}, error() {} };

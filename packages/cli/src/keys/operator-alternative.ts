/** Advice of commands that the operator can also run without a service. */
export const OPERATOR_ALTERNATIVE = "On the server's machine, use --organization to work without a service."

/** What a command says that has no service to ask, and could do without one. */
export const OR_OPERATOR = 'On the server’s machine, --organization works on its records without it.'

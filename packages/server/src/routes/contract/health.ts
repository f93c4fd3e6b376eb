import { Type } from 'typebox'

const State = Type.Union([Type.Literal('ok'), Type.Literal('down')])

const Details = Type.Object({
  status: State,
  dependencies: Type.Record(Type.String(), Type.Object({ kind: Type.String(), status: State })),
})

/** The operations that say whether the service works. */
export const HEALTH = {
  checkHealth: {
    operationId: 'checkHealth',
    response: { 200: Type.Object({ status: Type.Literal('ok') }) },
  },
  checkHealthDetails: { operationId: 'checkHealthDetails', response: { 200: Details, 503: Details } },
} as const

import type { FastifyReply, FastifyRequest } from 'fastify'

/** Closes the connection of a request that gets no response, such as an upload whose body broke off. */
export function closeConnection(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  reply.hijack()
  // The socket and not the request: destroying a request whose body has ended does nothing.
  request.raw.socket.destroy()
  return reply
}

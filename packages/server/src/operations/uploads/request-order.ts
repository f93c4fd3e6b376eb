/** Order in which the requests for each upload arrived in this process. */
export interface RequestOrder {
  /** Records a new request. Its handler must call `leave` at the end. */
  arrive(uploadId: string): Arrival
}

export interface Arrival {
  /** Called before the request claims the upload. Returns false when a newer request has already claimed it. */
  enter(): boolean
  /** Forgets the request. */
  leave(): void
}

interface Upload {
  present: number
  lastToEnter: number
}

/**
 * Creates the request order of a process. The look-ups before a claim take some requests longer than others. Without
 * this order, a request of a lost connection could claim the upload after the client's next request, and interrupt it.
 * Requests in different processes have no order: the last one to claim the upload wins.
 */
export function createRequestOrder(): RequestOrder {
  const uploads = new Map<string, Upload>()
  let arrived = 0
  return {
    arrive: (uploadId) => {
      const upload = uploads.get(uploadId) ?? { present: 0, lastToEnter: 0 }
      uploads.set(uploadId, upload)
      upload.present++
      const ordinal = ++arrived
      return {
        enter: () => {
          if (upload.lastToEnter > ordinal) return false
          upload.lastToEnter = ordinal
          return true
        },
        leave: () => {
          upload.present--
          if (upload.present === 0) uploads.delete(uploadId)
        },
      }
    },
  }
}

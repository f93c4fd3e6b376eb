/** In which order requests for one upload came to this process. */
export interface RequestOrder {
  /** Notes a request that has just come; it must `leave` at its end. */
  arrive(uploadId: string): Arrival
}

export interface Arrival {
  /** To be asked just before the request takes the upload over: false where one that came later has done so. */
  enter(): boolean
  leave(): void
}

interface Upload {
  present: number
  lastToEnter: number
}

/**
 * What a request looks up takes one longer than another. Without this, the ghost of a lost connection could overtake
 * the request that goes on for it, and cut it. Between processes, whoever takes over last is the newest.
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

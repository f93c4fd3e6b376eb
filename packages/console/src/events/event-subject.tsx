import type { WaybillEvent } from '@waybill/sdk'
import { formatName } from '../parts/format.ts'
import { PlaceLink } from '../shell/place-link.tsx'
import { type Place, placeOfFile, placeOfPage, placeOfStore } from '../shell/router.ts'
import { IS_GONE } from './event-types.ts'

/** Name of what an event tells of, as a link where it still exists. */
export function EventSubject({ event }: { readonly event: WaybillEvent }) {
  const name = <bdi>{formatName(nameOf(event.data))}</bdi>
  const place = placeOf(event)
  return place === null ? name : <PlaceLink place={place}>{name}</PlaceLink>
}

/** Members that name an object, the best first. */
const NAMES = ['original_filename', 'filename', 'file_name', 'name', 'key_name', 'email'] as const

export function nameOf(data: WaybillEvent['data']): string {
  const found = NAMES.map((member) => data[member]).find((one) => typeof one === 'string' && one !== '')
  return String(found ?? data.file_id ?? data.vector_store_id ?? data.id ?? data.object)
}

function placeOf({ type, data }: WaybillEvent): Place | null {
  if (IS_GONE.has(type)) return null
  if (type === 'file.trashed') return placeOfPage('trash')
  switch (data.object) {
    case 'file':
      return placeOfFile(String(data.id))
    case 'vector_store':
      return placeOfStore(String(data.id))
    case 'vector_store.file':
    case 'vector_store.file_batch':
      return placeOfStore(String(data.vector_store_id))
    case 'api_key':
      return placeOfPage('keys')
    case 'member':
      return placeOfPage('members')
    default:
      return null
  }
}

import type { File } from '../../domain/files/file.ts'
import { placeColumns } from '../sql/file-statements.ts'

export const FILE_COLUMNS = `id, organization_id, filename, size_bytes, content_type, object_name, generation, crc32c,
  md5, sha256, uploaded_by_api_key_id, uploaded_by, uploaded_at_ms, detected_content_type, purpose, expires_at_ms, damaged_at_ms,
  shares_bytes_of, path, metadata, folded_name`

/** Selects the files of `inputParameters` as rows. */
export const FILE_INPUT = `
  SELECT * FROM unnest($ids::text[], $organizationIds::text[], $filenames::text[], $sizesBytes::bigint[],
    $contentTypes::text[], $objectNames::text[], $generations::text[], $crc32cs::text[],
    $md5s::text[], $sha256s::text[], $uploadedByApiKeyIds::text[], $uploadedBy::text[], $uploadedAtsMs::bigint[],
    $detectedContentTypes::text[], $purposes::text[], $fileExpiriesMs::bigint[],
    $damageTimesMs::bigint[], $sharesBytesOf::text[], $paths::text[], $filesMetadata::text[], $foldedNames::text[])
    AS file (${FILE_COLUMNS})`

export function inputParameters(files: readonly File[]) {
  const places = files.map(placeColumns)
  return {
    ids: files.map(({ id }) => id),
    organizationIds: files.map(({ organizationId }) => organizationId),
    filenames: files.map(({ filename }) => filename),
    sizesBytes: files.map(({ sizeBytes }) => sizeBytes),
    contentTypes: files.map(({ contentType }) => contentType),
    objectNames: files.map(({ objectName }) => objectName),
    generations: files.map(({ generation }) => generation),
    crc32cs: files.map(({ crc32c }) => crc32c),
    md5s: files.map(({ md5 }) => md5),
    sha256s: files.map(({ sha256 }) => sha256),
    uploadedByApiKeyIds: files.map(({ uploadedByApiKeyId }) => uploadedByApiKeyId),
    uploadedBy: files.map(({ uploadedBy }) => uploadedBy),
    uploadedAtsMs: files.map(({ uploadedAtMs }) => uploadedAtMs),
    detectedContentTypes: files.map(({ detectedContentType }) => detectedContentType),
    purposes: files.map(({ purpose }) => purpose),
    fileExpiriesMs: files.map(({ expiresAtMs }) => expiresAtMs),
    damageTimesMs: files.map(({ damagedAtMs }) => damagedAtMs),
    sharesBytesOf: files.map(({ sharesBytesOf }) => sharesBytesOf),
    paths: places.map(({ path }) => path),
    filesMetadata: places.map(({ metadata }) => metadata),
    foldedNames: places.map(({ foldedName }) => foldedName),
  }
}

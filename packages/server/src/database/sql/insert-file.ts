/** Adds a File. Takes its properties as parameters, with those of `placeColumns`. */
export const INSERT_FILE = `INSERT INTO files (id, organization_id, filename, size_bytes, content_type, object_name,
    generation, crc32c, md5, sha256, uploaded_by_api_key_id, uploaded_by, uploaded_at_ms, detected_content_type, purpose,
    expires_at_ms, damaged_at_ms, shares_bytes_of, trashed_at_ms, path, metadata, folded_name, deleted_at_ms)
  VALUES ($id, $organizationId, $filename, $sizeBytes, $contentType, $objectName,
    $generation, $crc32c, $md5, $sha256, $uploadedByApiKeyId, $uploadedBy, $uploadedAtMs, $detectedContentType, $purpose,
    $expiresAtMs, $damagedAtMs, $sharesBytesOf, $trashedAtMs, $path, $metadata, $foldedName, NULL)`

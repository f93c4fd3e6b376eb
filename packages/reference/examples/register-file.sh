curl --fail-with-body -sS \
  "$WAYBILL_URL/v1/organizations/$WAYBILL_ORGANIZATION/files" \
  -H "X-API-Key: $WAYBILL_API_KEY" \
  -H 'Content-Type: application/json' \
  -d '{
    "filename": "hello.txt",
    "gcs_path": "'"$GCS_PATH"'",
    "file_size": 16,
    "mime_type": "text/plain"
  }'

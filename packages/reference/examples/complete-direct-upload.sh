FILES=$WAYBILL_URL/v1/organizations/$WAYBILL_ORGANIZATION/files
post() {
  curl --fail-with-body -sS "$@" -H "X-API-Key: $WAYBILL_API_KEY" \
    -H 'Content-Type: application/json'
}
field() { sed -E "s/.*\"$1\":\"([^\"]*)\".*/\1/"; }
FACTS='"filename": "hello.txt", "file_size": 16, "mime_type": "text/plain"'

# 1. Open a session, whose parts go to the storage.
OPENED=$(post "$FILES/upload-url" -d "{$FACTS, \"upload_type\": \"parts\"}")
PARTS_URL=$(echo "$OPENED" | field parts_url)

# 2. Send each part to its URL: this file has one. Keep the ETag.
PART_URL=$(post "$PARTS_URL" -d '{"numbers": [1]}' | field url)
ETAG=$(curl --fail-with-body -sSi -T hello.txt "$PART_URL" |
  sed -nE 's/^etag: "?([^"]*)"?.$/\1/Ip')

# 3. Join the parts.
post "$(echo "$OPENED" | field complete_url)" \
  -d "{\"parts\": [{\"number\": 1, \"etag\": \"$ETAG\"}]}"

# 4. Register the file.
GCS_PATH=$(echo "$OPENED" | field gcs_path)
post "$FILES" -d "{$FACTS, \"gcs_path\": \"$GCS_PATH\"}"

ORGANIZATION=$WAYBILL_URL/v1/organizations/$WAYBILL_ORGANIZATION
FILES=$ORGANIZATION/files
post() {
  curl --fail-with-body -sS "$@" -H "X-API-Key: $WAYBILL_API_KEY" \
    -H 'Content-Type: application/json'
}
field() { sed -E "s/.*\"$1\":\"([^\"]*)\".*/\1/"; }
FACTS='"filename": "big.bin", "file_size": 1000000,
  "mime_type": "application/octet-stream"'

# 1. Open a session.
OPENED=$(post "$FILES/upload-url" -d "{$FACTS}")
UPLOAD_URL=$(echo "$OPENED" | field upload_url)

# 2. Send bytes: here a first chunk of them.
head -c 524288 big.bin | curl --fail-with-body -sS -T - "$UPLOAD_URL" \
  -H 'Content-Range: bytes 0-524287/1000000'

# 3. Ask how many are on disk, as after a lost connection, and send the rest.
LAST=$(curl -sSi -X PUT "$UPLOAD_URL" -H 'Content-Range: bytes */*' |
  sed -nE 's/^range: bytes=0-([0-9]+).*/\1/p')
curl --fail-with-body -sS -o /dev/null -C $((LAST + 1)) \
  -T big.bin "$UPLOAD_URL"

# 4. Register the file.
GCS_PATH=$(echo "$OPENED" | field gcs_path)
post "$FILES" -d "{$FACTS, \"gcs_path\": \"$GCS_PATH\"}"

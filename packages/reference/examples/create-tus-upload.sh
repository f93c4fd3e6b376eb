# The name of the file is in base64. The body may have the first bytes, or
# all of them; PATCH requests to the Location send the rest.
curl --fail-with-body -sSi -X POST \
  "$WAYBILL_URL/v1/organizations/$WAYBILL_ORGANIZATION/files/tus" \
  -H "X-API-Key: $WAYBILL_API_KEY" \
  -H 'Tus-Resumable: 1.0.0' \
  -H 'Upload-Length: 16' \
  -H "Upload-Metadata: filename $(printf hello.txt | base64)" \
  -H 'Content-Type: application/offset+octet-stream' \
  --data-binary @hello.txt

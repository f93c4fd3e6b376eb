# All bytes in one request; several requests may send parts of any size.
curl --fail-with-body -sSi -X PATCH "$UPLOAD_URL" \
  -H 'Tus-Resumable: 1.0.0' \
  -H 'Upload-Offset: 0' \
  -H 'Content-Type: application/offset+octet-stream' \
  --data-binary @hello.txt

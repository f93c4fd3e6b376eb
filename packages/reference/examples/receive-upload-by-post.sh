curl --fail-with-body -sS -X POST "$UPLOAD_URL" \
  -H 'Content-Range: bytes 0-15/16' \
  -H 'Content-Type: text/plain' \
  --data-binary @hello.txt

curl --fail-with-body -sS -X PUT \
  "$WAYBILL_URL/v1/organizations/$WAYBILL_ORGANIZATION/files/resumable" \
  -H "X-API-Key: $WAYBILL_API_KEY" \
  -H 'Upload-Complete: ?1' -H 'Content-Type: text/plain' \
  -H 'Content-Disposition: inline; filename="hello.txt"' \
  --data-binary @hello.txt

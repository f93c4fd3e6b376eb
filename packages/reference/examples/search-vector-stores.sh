curl --fail-with-body -sS \
  "$WAYBILL_URL/v1/organizations/$WAYBILL_ORGANIZATION/vector-stores/search" \
  -H "X-API-Key: $WAYBILL_API_KEY" \
  -H 'Content-Type: application/json' \
  -d '{
    "vector_store_ids": ["'"$VECTOR_STORE_ID"'"],
    "query": "hello"
  }'

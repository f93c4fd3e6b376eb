curl --fail-with-body -sS "$WAYBILL_URL/openapi.json" -o openapi.json

curl --fail-with-body -sSi -X OPTIONS "$UPLOAD_URL" \
  -H 'Origin: https://app.example.com' \
  -H 'Access-Control-Request-Method: PUT' \
  -H 'Access-Control-Request-Headers: content-range'

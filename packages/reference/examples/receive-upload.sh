# What is there already? No range header: nothing yet.
curl --fail-with-body -sSi -X PUT "$UPLOAD_URL" \
  -H 'Content-Range: bytes */*'

# All of it. The bytes that are there already are skipped;
# with "-C 10" curl would send only what is behind the first ten.
curl --fail-with-body -sS -T hello.txt "$UPLOAD_URL"

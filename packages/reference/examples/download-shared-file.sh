# The URL is the credential: a browser needs no more.
curl --fail-with-body -sSL "$SHARE_URL" -o shared.txt -w '%{http_code}\n'

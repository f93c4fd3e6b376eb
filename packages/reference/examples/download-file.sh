# All of it into a file, and its first five bytes.
curl --fail-with-body -sSL "$DOWNLOAD_URL" -o copy.txt
curl --fail-with-body -sSL "$DOWNLOAD_URL" -r 0-4

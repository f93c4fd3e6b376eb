"""Uploads a file with tuspy. Arguments: creation URL, key, path of the file, chunk size. Prints the upload URL."""

import sys

from tusclient import client

url, key, path, chunk_size = sys.argv[1:]
uploader = client.TusClient(url, headers={"X-API-Key": key}).uploader(
    path,
    chunk_size=int(chunk_size),
    metadata={"filename": "tuspy.bin"},
    upload_checksum=True,
)
uploader.upload()
print(uploader.url)

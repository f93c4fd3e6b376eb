"""Sends one file through a session URI with Google's library for resumable uploads, which validates it with MD5.

    python3 google_upload.py UPLOAD_URL PATH CHUNK_BYTES

It prints the metadata of the object as JSON.
"""

import json
import os
import sys

import requests

try:
    from google.resumable_media.requests import ResumableUpload
except ImportError:
    # Newer versions of google-cloud-storage hold the library themselves.
    from google.cloud.storage._media.requests import ResumableUpload


def main(upload_url, path, chunk_bytes):
    upload = ResumableUpload(upload_url, chunk_bytes, checksum="md5")
    with open(path, "rb") as stream:
        # What `initiate` would set: the session is open already.
        upload._stream = stream
        upload._content_type = "application/octet-stream"
        upload._total_bytes = os.path.getsize(path)
        upload._resumable_url = upload_url
        response = None
        while not upload.finished:
            response = upload.transmit_next_chunk(requests.Session())
    print(json.dumps(response.json()))


if len(sys.argv) > 1:
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))

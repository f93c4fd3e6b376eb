"""Uploads one file as a program written against the public API does, with the standard library only.

    python3 upload_sample.py MODE BASE_URL API_KEY PATH CHUNK_BYTES

It prints one JSON object: the File it registered, and every exchange with the upload URL.
"""

import http.client
import json
import os
import sys
import urllib.parse
import urllib.request

MIME_TYPE = "application/octet-stream"
PIECE_BYTES = 64 * 1024

exchanges = []


def call_api(base_url, api_key, path, body):
    request = urllib.request.Request(
        base_url + path,
        data=json.dumps(body).encode(),
        headers={"X-API-Key": api_key, "Content-Type": "application/json"},
        method="POST",
    )
    with urllib.request.urlopen(request) as response:
        return response.status, json.load(response)


def note(content_range, status, headers, body):
    exchanges.append(
        {
            "content_range": content_range,
            "status": status,
            "range": headers.get("Range"),
            "object": json.loads(body) if status == 200 else None,
        }
    )


def put_whole(upload_url, path):
    """One PUT with Content-Type and Content-Length, and no Content-Range."""
    with open(path, "rb") as file:
        request = urllib.request.Request(
            upload_url,
            data=file,
            headers={"Content-Type": MIME_TYPE, "Content-Length": str(os.path.getsize(path))},
            method="PUT",
        )
        with urllib.request.urlopen(request) as response:
            note(None, response.status, response.headers, response.read())


def put_generator(upload_url, path):
    """A body without a length is sent chunked; urllib adds the Content-Type of a form to it."""
    request = urllib.request.Request(upload_url, data=pieces(path), method="PUT")
    with urllib.request.urlopen(request) as response:
        note(None, response.status, response.headers, response.read())


def pieces(path):
    with open(path, "rb") as file:
        while piece := file.read(PIECE_BYTES):
            yield piece


def put_chunks(upload_url, path, chunk_bytes, total):
    """`bytes a-b/T` chunk by chunk over one connection; with total `*` the end is said by `bytes */T`."""
    parts = urllib.parse.urlsplit(upload_url)
    target = parts.path + "?" + parts.query
    connection = http.client.HTTPConnection(parts.hostname, parts.port)
    start = 0

    def put(content_range, body):
        headers = {"Content-Range": content_range, "Content-Type": MIME_TYPE}
        connection.request("PUT", target, body=body, headers=headers)
        response = connection.getresponse()
        note(content_range, response.status, response.headers, response.read())

    with open(path, "rb") as file:
        while chunk := file.read(chunk_bytes):
            put(f"bytes {start}-{start + len(chunk) - 1}/{total}", chunk)
            start += len(chunk)
    if total == "*":
        put(f"bytes */{start}", b"")
    connection.close()


def main():
    mode, base_url, api_key, path, chunk_bytes = sys.argv[1:]
    spec = {"filename": f"{mode}.bin", "file_size": os.path.getsize(path), "mime_type": MIME_TYPE}
    upload_url_status, ticket = call_api(base_url, api_key, "/files/upload-url", spec)
    upload = {
        "whole": lambda url: put_whole(url, path),
        "generator": lambda url: put_generator(url, path),
        "chunks": lambda url: put_chunks(url, path, int(chunk_bytes), os.path.getsize(path)),
        "unknown-size": lambda url: put_chunks(url, path, int(chunk_bytes), "*"),
    }[mode]
    upload(ticket["upload_url"])
    register_status, file = call_api(
        base_url, api_key, "/files", {**spec, "gcs_path": ticket["gcs_path"]}
    )
    statuses = {"upload_url": upload_url_status, "register": register_status}
    print(json.dumps({"statuses": statuses, "file": file, "exchanges": exchanges}))


main()

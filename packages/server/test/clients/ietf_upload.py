"""Sends a file with http.client, and prints the status and the body of the response that it takes for the final one.

usage: ietf_upload.py URL PATH HEADERS_AS_JSON
"""

import http.client
import json
import sys
from urllib.parse import urlsplit

url, path, headers = sys.argv[1:4]
target = urlsplit(url)
connection = http.client.HTTPConnection(target.hostname, target.port)
with open(path, "rb") as file:
    connection.request("POST", target.path, body=file.read(), headers=json.loads(headers))
response = connection.getresponse()
text = response.read()
print(json.dumps({"status": response.status, "body": json.loads(text) if text else None}))

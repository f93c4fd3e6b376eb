import base64
from os import environ as env

import requests

url = f"{env['WAYBILL_URL']}/v1/organizations/{env['WAYBILL_ORGANIZATION']}"
tus = {"Tus-Resumable": "1.0.0"}
name = base64.b64encode(b"hello.txt").decode()

created = requests.post(
    f"{url}/files/tus",
    headers={
        **tus,
        "X-API-Key": env["WAYBILL_API_KEY"],
        "Upload-Length": "16",
        "Upload-Metadata": f"filename {name}",
    },
    timeout=30,
)
created.raise_for_status()

# The Location is the credential for the bytes: no key is sent with them.
with open("hello.txt", "rb") as body:
    sent = requests.patch(
        created.headers["Location"],
        headers={
            **tus,
            "Upload-Offset": "0",
            "Content-Type": "application/offset+octet-stream",
        },
        data=body,
        timeout=300,
    )
sent.raise_for_status()
print(sent.headers["X-Waybill-File-Id"])

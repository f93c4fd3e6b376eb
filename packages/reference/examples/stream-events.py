from os import environ as env

import requests

url = f"{env['WAYBILL_URL']}/v1/organizations/{env['WAYBILL_ORGANIZATION']}"
api = requests.Session()
api.headers["X-API-Key"] = env["WAYBILL_API_KEY"]

# Ends after the first event; "id" is where another stream goes on.
stream = {"types": "file.created", "after": "0"}
with api.get(f"{url}/events/stream", params=stream, stream=True, timeout=30) as answer:
    answer.raise_for_status()
    for line in answer.iter_lines(decode_unicode=True):
        print(line)
        if line.startswith("data: "):
            break

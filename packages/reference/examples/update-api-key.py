from os import environ as env

import requests

url = f"{env['WAYBILL_URL']}/v1/organizations/{env['WAYBILL_ORGANIZATION']}"
api = requests.Session()
api.headers["X-API-Key"] = env["WAYBILL_API_KEY"]

fields = {"key_name": "Weekly archive", "expires_at": "2099-12-31T23:59:59Z"}
answer = api.patch(f"{url}/api-keys/{env['KEY_ID']}", json=fields, timeout=30)
answer.raise_for_status()
print(answer.json())

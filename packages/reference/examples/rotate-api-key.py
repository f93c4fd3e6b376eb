from os import environ as env

import requests

url = f"{env['WAYBILL_URL']}/v1/organizations/{env['WAYBILL_ORGANIZATION']}"
api = requests.Session()
api.headers["X-API-Key"] = env["WAYBILL_API_KEY"]

answer = api.post(f"{url}/api-keys/{env['KEY_ID']}/rotate", timeout=30)
answer.raise_for_status()
print(answer.json()["new_key"]["key"])

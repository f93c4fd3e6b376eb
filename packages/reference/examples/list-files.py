from os import environ as env

import requests

url = f"{env['WAYBILL_URL']}/v1/organizations/{env['WAYBILL_ORGANIZATION']}"
api = requests.Session()
api.headers["X-API-Key"] = env["WAYBILL_API_KEY"]

query = {"limit": 20}
while True:
    answer = api.get(f"{url}/files", params=query, timeout=30)
    answer.raise_for_status()
    page = answer.json()
    for file in page["files"]:
        print(file["id"], file["original_filename"])
    if not page["has_more"]:
        break
    query["after"] = page["next_cursor"]

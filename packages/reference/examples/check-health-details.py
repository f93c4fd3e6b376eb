from os import environ as env

import requests

answer = requests.get(f"{env['WAYBILL_URL']}/v1/health/details", timeout=30)
answer.raise_for_status()
print(answer.json())
